package desk_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// recallCommunes are those that the doses of the benchmark were given in, one in recallShare of them of the lot.
const (
	recallCommunes = 40
	recallShare    = 20
)

// benchRecalled is how many doses the hub of the benchmark holds; TRAMY_RECALL says another number.
func benchRecalled(b *testing.B) int {
	n := 20_000
	if text := os.Getenv("TRAMY_RECALL"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	return n
}

// dosesAtHub fills a centre with doses, three a child, as the projection would put them. It returns the communes.
func dosesAtHub(b *testing.B, tree *nodetest.Tree, doses int) []p.EntityID {
	b.Helper()
	var communes, facilities []p.EntityID
	for i := range recallCommunes {
		commune, err := tree.Hub.AddPlace(b.Context(), tree.Admin, registry.PlaceInput{
			Parent: tree.Province, Code: fmt.Sprintf("gso:9%04d", i), Name: fmt.Sprintf("Xã thử %d", i), Level: registry.LevelCommune, Type: "xa",
		})
		if err != nil {
			b.Fatal(err)
		}
		facility, err := tree.Hub.AddPlace(b.Context(), tree.Admin, registry.PlaceInput{
			Parent: commune, Code: fmt.Sprintf("kcb:9%04d", i), Name: fmt.Sprintf("Trạm thử %d", i), Level: registry.LevelFacility, Type: registry.PlaceStation,
		})
		if err != nil {
			b.Fatal(err)
		}
		communes, facilities = append(communes, commune), append(facilities, facility)
	}
	today := tree.Hub.Today()
	entity := func(kind byte, i int) (out p.EntityID) {
		out[0], out[6], out[8] = 200+kind, 8<<4, 2<<6     // an id names the dot of its birth
		binary.BigEndian.PutUint32(out[12:], uint32(i)+1) // of one log: blocks of 256, as real ones
		return out
	}
	const batch = 5_000
	for begin := 0; begin < doses; begin += batch {
		err := tree.Hub.Node.Store().Update(b.Context(), func(tx store.Tx) error {
			for i := begin; i < min(begin+batch, doses); i++ {
				child := i / 3
				who, at := entity(1, child), child/40%recallCommunes // a whole street, so that the lot is in every commune
				if i%3 == 0 {
					row := project.SubjectRow{
						ID: who, Case: who, Recorded: communes[at], Residence: communes[at], Name: "Lò Văn Bé", SortName: "be lo van " + strconv.Itoa(child),
						BirthDate: today - registry.Day(800+child%4_000), BirthPrec: registry.PrecisionDay, Sex: registry.SexMale,
					}
					if err := tx.PutSubjectRow(&row); err != nil {
						return err
					}
				}
				lot := "B-" + strconv.Itoa(i%200)
				if i%recallShare == 0 {
					lot = []string{"A24-123", "A24 123"}[i/recallShare%2]
				}
				dose := project.ImmunizationRow{
					ID: entity(2, i), Case: who, Subject: who, Place: facilities[at], Recorded: communes[at], Residence: communes[at], Vaccine: penta,
					GivenOn: today - registry.Day(i%400), GivenMinute: registry.Clock(1 + i%600), Lot: lot, Source: registry.SourceHere, Counted: true,
				}
				if err := tx.PutImmunizationRow(&dose); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return communes
}

// BenchmarkRecallAtHub is what an officer looks at after a lot was recalled: the list, the recall by commune, and the children of one.
func BenchmarkRecallAtHub(b *testing.B) {
	tree := nodetest.New(b)
	doses := benchRecalled(b)
	begun := time.Now()
	communes := dosesAtHub(b, tree, doses)
	b.Logf("%d doses were put in %s", doses, time.Since(begun).Round(time.Second))
	d := tree.Hub.Desk
	begun = time.Now()
	id := recalled(b, d, tree.Officer, recallOf(tree.Nation, "a24123", registry.CareAgain, d.Today()))
	b.Logf("the recall was written and its children marked in %s", time.Since(begun).Round(time.Millisecond))
	got := recallReport(b, d, tree.Officer, id, tree.Province)
	if got.Sum.Given != (doses+recallShare-1)/recallShare {
		b.Fatalf("%d doses of the lot", got.Sum.Given)
	}
	b.Logf("%d doses of the lot, %d children", got.Sum.Given, got.Sum.Children)
	run := func(name string, look func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				if err := look(); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
	run("recalls", func() error {
		_, err := d.Recalls(b.Context(), tree.Officer)
		return err
	})
	run("by commune", func() error {
		_, err := d.RecallReport(b.Context(), tree.Officer, id, tree.Province)
		return err
	})
	run("children of a commune", func() error {
		_, _, _, err := d.RecallChildren(b.Context(), tree.Officer, id, communes[7])
		return err
	})
}
