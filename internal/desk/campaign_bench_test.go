package desk_test

import (
	"encoding/binary"
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

// benchListed is how many people the campaign of the benchmark lists; TRAMY_CAMPAIGN says another number.
func benchListed(b *testing.B) int {
	n := 5_000
	if text := os.Getenv("TRAMY_CAMPAIGN"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	return n
}

// campaignAtHub fills a centre with a campaign of two doses in full swing: nine of ten have the first dose, five the second, and of
// those without one most have a reason. Rows are put as the projection would put them; entries with a reason have their states, which
// the report reads.
func campaignAtHub(b *testing.B, tree *nodetest.Tree, listed int) p.EntityID {
	b.Helper()
	h, today := tree.Hub, tree.Hub.Today()
	in := measles(tree.Province, today)
	in.Vaccine, in.Interval, in.Until = "TA", 14, today+30
	id, err := h.PlanCampaign(b.Context(), tree.Officer, in)
	if err != nil {
		b.Fatal(err)
	}
	tree.Clock().Add(16 * 24 * time.Hour)
	today = h.Today()
	entity := func(kind byte, i int) (out p.EntityID) {
		out[0] = 200 + kind
		binary.BigEndian.PutUint32(out[12:], uint32(i)) // of one log: blocks of 256, as real ones
		return out
	}
	for begin := 0; begin < listed; begin += 2_000 {
		err := h.Node.Store().Update(b.Context(), func(tx store.Tx) error {
			for i := begin; i < min(begin+2_000, listed); i++ {
				who := entity(1, i)
				row := project.SubjectRow{
					ID: who, Recorded: tree.Commune, Residence: tree.Commune, Name: "Lò Văn Bé", SortName: "be lo van", BirthDate: today - registry.Day(800+i%4_000),
					BirthPrec: registry.PrecisionDay, Sex: registry.SexMale,
				}
				entry := project.RecordRow{ID: entity(2, i), Kind: registry.KindEnrolment, Subject: who, Place: tree.Facility, Under: id, Group: strconv.Itoa(i/40) + "A", Sum: uint32(i + 1)}
				if i%20 == 0 {
					entry.Mark, entry.Day = int32(registry.EnrolmentAbsent), today-registry.Day(i%5)
					s := &p.State{ID: entry.ID}
					s.Kind = registry.KindEnrolment
					s.Fields = []p.FieldValues{{Field: registry.EnrolmentReason, Values: []p.Value{{Data: p.Text("ốm " + strconv.Itoa(i%7))}}}}
					if err := tx.PutState(s, true); err != nil {
						return err
					}
				}
				if err := tx.PutSubjectRow(&row); err != nil {
					return err
				}
				if err := tx.PutRecordRow(&entry); err != nil {
					return err
				}
				for n, on := range []registry.Day{today - 16 + registry.Day(i%3), today - registry.Day(i%2)} {
					if i%20 == 0 || i%10 >= []int{9, 5}[n] {
						continue
					}
					dose := project.ImmunizationRow{
						ID: entity(byte(3+n), i), Case: who, Subject: who, Place: tree.Facility, Recorded: tree.Commune, Residence: tree.Commune, Vaccine: "TA",
						GivenOn: on, GivenMinute: registry.Clock(1 + i%600), Lot: "M-" + strconv.Itoa(i%9), Campaign: id, Programme: registry.ProgrammeOutbreak, Source: registry.SourceHere,
					}
					if err := tx.PutImmunizationRow(&dose); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return id
}

// BenchmarkCampaignAtHub is what an officer looks at while a campaign is on: the list of campaigns, one of them, and the report of a
// day. The first look after a start reads why people had no dose; it is told apart.
func BenchmarkCampaignAtHub(b *testing.B) {
	tree := nodetest.New(b)
	listed := benchListed(b)
	id := campaignAtHub(b, tree, listed)
	d, today := tree.Hub.Desk, tree.Hub.Today()
	begun := time.Now()
	got, err := d.CampaignDay(b.Context(), tree.Officer, id, today)
	if err != nil || got.Sum.Listed != listed {
		b.Fatal(got, err)
	}
	b.Logf("first report of %d listed: %s", listed, time.Since(begun).Round(time.Millisecond))
	run := func(name string, look func() error) {
		b.Run(name, func(b *testing.B) {
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
	run("campaigns", func() error {
		_, err := d.Campaigns(b.Context(), tree.Officer)
		return err
	})
	run("report", func() error {
		_, err := d.CampaignDay(b.Context(), tree.Officer, id, today)
		return err
	})
	run("report of the first day", func() error {
		_, err := d.CampaignDay(b.Context(), tree.Officer, id, today-16)
		return err
	})
}
