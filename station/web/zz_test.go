package web_test
import ("testing";"os";"time";"tramy/internal/nodetest";"tramy/internal/store";"tramy/internal/registry")
func TestZZ(t *testing.T){
 tr:=nodetest.NewKept(t,os.Getenv("TRAMY_BENCH_KEPT"),nil)
 g:=tr.Station.Node.Advisor().Generation
 for _,d:=range []registry.Day{tr.Station.Today(),tr.Station.Today()-10000, tr.Station.Today()} { for range 3 {
 b:=time.Now(); c:=cpuTime()
 tr.Station.Node.Store().View(t.Context(),func(tx store.Tx)error{ n,err:=tx.CountDueStale(g,d); t.Log(g,d,n,err,time.Since(b),cpuTime()-c); return nil})
 }}
}
