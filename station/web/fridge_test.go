package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/station/web"
)

// addFridge writes a fridge down and returns its id.
func (b *browser) addFridge(name string) string {
	b.t.Helper()
	b.get("/fridge").submit("/fridge/keep", url.Values{"name": {name}}).want(http.StatusOK).says("Đã lưu " + name)
	for _, n := range b.all("option") {
		if content(n) == name {
			return attr(n, "value")
		}
	}
	b.t.Fatalf("no fridge %s on the page: %s", name, b.text())
	return ""
}

// Twice a day somebody reads two thermometers in one press; what is too warm is asked about until somebody says what was done.
func TestFridges(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.get("/").silent("nhiệt kế")
	b.get("/fridge").says("Chưa có tủ lạnh nào.")
	one, two := b.addFridge("Tủ phòng tiêm"), b.addFridge("Tủ 2")
	b.get("/").says("Chưa đọc nhiệt kế: Tủ 2, Tủ phòng tiêm.")

	b.get("/fridge")
	b.submit("/fridge", nil).want(http.StatusUnprocessableEntity).says("Gõ nhiệt độ của ít nhất một tủ.")
	b.submit("/fridge", url.Values{"value." + one: {"4,6"}, "value." + two: {"nóng"}}).want(http.StatusUnprocessableEntity)
	if wrong := b.wrong("value." + two); !strings.Contains(wrong, "“nóng” không phải nhiệt độ") {
		t.Errorf("what is no number: %q", wrong)
	}
	if kept := b.form("/fridge").Get("value." + one); kept != "4,6" {
		t.Errorf("what was typed is %q", kept)
	}
	b.submit("/fridge", url.Values{"value." + two: {"61"}}).want(http.StatusUnprocessableEntity).says("Gõ từ −90,0 đến 60,0 °C.")
	b.submit("/fridge", url.Values{"value." + two: {"9,2"}, "clock": {"2359"}}).want(http.StatusUnprocessableEntity).says("Giờ này chưa đến.")
	b.submit("/fridge", url.Values{"clock": {""}}).want(http.StatusOK).says("Tủ 2 đang ngoài khoảng", "Quá nóng", "9,2 °C", "4,6", "Sổ kho không có lô nào lúc đó.")
	b.get("/").says("Tủ lạnh ngoài khoảng 1 lần, chưa ghi đã làm gì.")

	b.get("/fridge").submit("/fridge/note", url.Values{"note": {" "}}).want(http.StatusUnprocessableEntity).says("Ô này cần có.")
	b.submit("/fridge/note", url.Values{"note": {"Mất điện, đã có điện lại"}}).want(http.StatusOK).says("Đã làm: Mất điện, đã có điện lại")
	b.get("/").silent("Tủ lạnh ngoài khoảng", "Chưa đọc nhiệt kế")

	// One that froze says which vaccines must not be used; the last act can be undone.
	b.get("/fridge")
	b.submit("/fridge", url.Values{"value." + one: {"−0,4"}}).want(http.StatusOK).says("Dưới 0 °C", "nghiệm pháp lắc")
	b.submit("/undo", nil).want(http.StatusOK).silent("Dưới 0 °C")

	for i := range registry.FridgesMax - 2 {
		b.addFridge(fmt.Sprintf("Tủ số %d", i+3))
	}
	b.get("/fridge").submit("/fridge/keep", url.Values{"name": {"Tủ nữa"}}).want(http.StatusUnprocessableEntity).says("Nhiều nhất 20 tủ.")
}

// A logger's file is read into days; twice changes nothing, a longer one of the same day goes on, and what is no such file says so.
func TestLoggerFile(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	id := b.addFridge("Tủ 1")
	start := nodetest.Start.Add(-30 * time.Hour)
	file := func(n int) string {
		var out strings.Builder
		out.WriteString("Device,X1\nDate,Time,Temp (°C)\n")
		for i := range n {
			at := start.Add(time.Duration(i) * 30 * time.Minute)
			degrees := "4.5"
			if i == 3 || i == 4 {
				degrees = "-0.7"
			}
			fmt.Fprintf(&out, "%s,%s,%s\n", at.Format("02/01/2006"), at.Format("15:04"), degrees)
		}
		return out.String()
	}
	send := func(text string) *browser {
		b.get("/fridge")
		return b.sendWith("/fridge/logger", map[string]string{"fridge": id}, "log.csv", text)
	}
	send(file(6)).want(http.StatusOK).says("Đã đọc tệp vào Tủ 1", "1 ngày mới, 0 ngày thêm số đo, 0 ngày đã có", "quá lạnh 1 giờ 0 phút", "Dưới 0 °C")
	send(file(6)).says("0 ngày mới, 0 ngày thêm số đo, 1 ngày đã có")
	b.get("/fridge")
	b.submit("/fridge/note", url.Values{"note": {"Chuyển sang phích"}})
	send(file(8)).says("0 ngày mới, 1 ngày thêm số đo, 0 ngày đã có", "Đã làm: Chuyển sang phích")
	if n := strings.Count(b.text(), "Dưới 0 °C"); n != 1 {
		t.Errorf("the day stands %d times", n)
	}

	send("Họ tên,Ngày sinh\nLò Mai,24/11/2026\n").want(http.StatusUnprocessableEntity).says("Không thấy cột giờ đo và cột °C trong tệp này (chỉ thấy: Họ tên, Ngày sinh)", "Chưa ghi gì.")
	send("Time,Temp\n" + nodetest.Start.AddDate(0, 0, 2).Format("02/01/2006 15:04") + ",4\n").want(http.StatusUnprocessableEntity).says("đồng hồ của máy ghi sai")
	send("Time,Temp\nhôm qua,4\n").want(http.StatusUnprocessableEntity).says("Dòng 2: “hôm qua” không phải ngày giờ.")
	send("%PDF-1.4").want(http.StatusUnprocessableEntity).says("PDF")
	at := file(2)
	send(at + strings.Repeat("\n", web.LoggerBytesMax-len(at))).want(http.StatusOK)
	send(at + strings.Repeat("\n", web.LoggerBytesMax-len(at)+1)).want(http.StatusRequestEntityTooLarge)
}
