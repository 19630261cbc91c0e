package paper

import (
	"strconv"
	"strings"
	"testing"

	"tramy/internal/ui"
)

// reportOf is a report with many columns, and a second table below it.
func reportOf(rows int) Report {
	x := Report{
		Title: "Báo cáo sử dụng vắc xin và vật tư", Made: madeLine, Notes: []string{"Thông tư 13/2026/TT-BYT", "WHO, chính sách lọ nhiều liều 2014"},
		Facts: []ui.Fact{{Name: "Nơi báo cáo", Value: "Xã Mường Nhà"}, {Name: "Kỳ báo cáo", Value: "01/10/2026–31/10/2026"}},
	}
	main := ReportTable{Columns: []ReportColumn{{Title: "Vắc xin, vật tư"}, {Title: "Số lô"}, {Title: "Hạn dùng", Date: true}}}
	heads := []string{"Tồn đầu kỳ", "Nhận", "Đã tiêm", "Số người tiêm", "Dùng khác", "Trả về, chuyển đi", "Hủy: lọ mở", "Hủy: hết hạn", "Hủy: VVM", "Hủy: đông băng", "Hủy: nhiệt cao", "Hủy: vỡ", "Hủy: thu hồi", "Mất, khác", "Lệch kiểm kê", "Tồn cuối kỳ"}
	for _, h := range heads {
		main.Columns = append(main.Columns, ReportColumn{Title: h, Number: true})
	}
	for i := range rows {
		cells := []string{"Bạch hầu - ho gà - uốn ván - viêm gan B - Hib", "A24-123/Đ" + strconv.Itoa(i), "28/07/2027"}
		for k := range heads {
			cells = append(cells, []string{"0", "-2", "12345", "2000000"}[(i+k)%4])
		}
		main.Rows = append(main.Rows, cells)
	}
	x.Tables = []ReportTable{main, {Title: "Chênh lệch giữa sổ và kiểm kê", Columns: []ReportColumn{{Title: "Vắc xin, vật tư"}, {Title: "Lý do"}}, Rows: [][]string{{"Lao", "Vỡ, mất mà chưa ghi: Ẵm Ƀlao Čih"}}}}
	return x
}

// registerOf is a register: who a child is on one line, the days of its doses on the next.
func registerOf(children int) Report {
	x := Report{Title: "Sổ tiêm chủng cơ bản cho trẻ em (A2.1/CSYT)", Made: madeLine}
	t := ReportTable{Columns: []ReportColumn{{Title: "STT", Across: true}, {Title: "Mã sổ", Across: true}, {Title: "Họ tên trẻ", Across: true}, {Title: "Mẹ (người nuôi)", Across: true}}}
	for range 23 {
		t.Columns = append(t.Columns, ReportColumn{Title: "VGB ≤24h", Date: true})
	}
	for i := range children {
		cells := []string{"1", "0412 7526 0181 5941", names[i%len(names)], "Lò Thị Ặng"}
		for range 23 {
			cells = append(cells, "28/07/2027")
		}
		t.Rows = append(t.Rows, cells)
	}
	x.Tables = []ReportTable{t}
	return x
}

// TestReportIsReadBack reads each cell, heading, fact and source of a report off the paper, letter by letter, over several sheets.
func TestReportIsReadBack(t *testing.T) {
	for name, x := range map[string]Report{"supplies": reportOf(60), "register": registerOf(40)} {
		pages := textOf(t, drawnPDF(t, x))
		if len(pages) < 2 {
			t.Errorf("%s: %d sheets", name, len(pages))
		}
		text := letterless(strings.Join(pages, "\n"))
		want := append([]string{x.Title}, x.Notes...)
		for _, f := range x.Facts {
			want = append(want, f.Name+": "+f.Value)
		}
		for i := range x.Tables {
			tab := &x.Tables[i]
			want = append(want, tab.Title)
			for k, c := range tab.Columns {
				if !c.Across {
					want = append(want, c.Title)
				}
				for _, cells := range tab.Rows {
					cell := cells[k]
					if name == "register" && c.Date {
						cell = cell[:6] + cell[8:]
					}
					want = append(want, cell)
				}
			}
		}
		for _, s := range want {
			if !strings.Contains(text, letterless(s)) {
				t.Errorf("%s: no %q", name, s)
			}
		}
		if name == "register" && strings.Count(text, letterless("28/07/27")) != 40*23 {
			t.Errorf("%d days of %d", strings.Count(text, letterless("28/07/27")), 40*23)
		}
	}
	if n := len(textOf(t, drawnPDF(t, Report{}))); n != 1 {
		t.Errorf("an empty report: %d sheets", n)
	}
	drill := reportOf(60)
	drill.Training = true
	for i, text := range textOf(t, drawnPDF(t, drill)) {
		if !strings.Contains(oneLine(text), "MÁY TẬP") {
			t.Errorf("not on sheet %d", i+1)
		}
	}
}
