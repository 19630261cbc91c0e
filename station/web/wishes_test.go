package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
)

// A mother agrees to reminders and to nothing else, asks later to have the record deleted, and gets it on paper with who
// looked at it.
func TestFamilySaysWhatDataAreUsedFor(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.get(child).says("Chưa hỏi việc nào")
	b.get(child+"/consent").want(http.StatusOK).says("dữ liệu nhạy cảm", "Theo luật", "Chưa ai trả lời")
	for name, values := range b.form(child + "/consent") {
		if strings.HasPrefix(name, "purpose.") && values[0] != "" {
			t.Errorf("%s is ticked beforehand: %v", name, values)
		}
	}
	b.submit(child+"/consent", nil).want(http.StatusUnprocessableEntity).says("Chọn câu trả lời cho ít nhất một việc")
	b.submit(child+"/consent", url.Values{"purpose.reminders": {"given"}}).want(http.StatusUnprocessableEntity)
	for _, field := range []string{"by"} {
		if b.wrong(field) == "" {
			t.Errorf("nothing is said about %s", field)
		}
	}
	said := url.Values{"purpose.reminders": {"given"}, "purpose.research": {"refused"}, "by": {"Lò Thị Mai"}, "relation": {"mother"}, "channel": {"paper"}}
	b.submit(child+"/consent", said).want(http.StatusOK).says("Đã lưu câu trả lời", "Nhắc lịch qua SMS, Zalo: đồng ý", "Nghiên cứu: không đồng ý", "Lò Thị Mai, Mẹ, Ký giấy")
	b.get(child).says("Nhắc lịch qua SMS, Zalo: đồng ý; Nghiên cứu: không đồng ý")
	b.get(child+"/consent/form").want(http.StatusOK).says("Phiếu đồng ý", "☐ Đồng ý", "☐ Không đồng ý", "Bản 2026-11").silent("☑")

	b.get(child + "/request").want(http.StatusOK)
	b.submit(child+"/request", url.Values{"wish": {"delete"}}).want(http.StatusUnprocessableEntity)
	b.submit(child+"/request", url.Values{"wish": {"delete"}, "by": {"Lò Thị Mai"}, "relation": {"mother"}, "channel": {"spoken"}}).want(http.StatusOK)
	request := b.url.Path
	b.says("Đã ghi yêu cầu", "không xóa được", "Trạm trưởng hoặc cán bộ tuyến trên quyết định")
	b.get("/requests").says("Xóa dữ liệu", "Lò Gia Bảo", "Báo đã nhận chậm nhất")
	b.post(request+"/close", url.Values{"outcome": {"restricted"}, "answer": {"x"}}).want(http.StatusForbidden)

	b.as(nodetest.HeadLogin)
	b.get(child+"/looks").want(http.StatusOK).says("Ai đã xem", "Cà Thị Diên", "điều dưỡng", "Chỉ có các lượt trên máy này")
	b.get(request)
	b.submit(request+"/answer", nil).want(http.StatusOK).says("đã báo gia đình", "Đã báo gia đình ngày")
	b.submit(request+"/close", url.Values{"outcome": {"restricted"}}).want(http.StatusUnprocessableEntity)
	b.submit(request+"/close", url.Values{"outcome": {"restricted"}, "answer": {"luật giữ mũi tiêm"}}).want(http.StatusOK).says("Đang hạn chế sử dụng")

	// From now on whoever opens the record says why, and is taken to where they wanted to go.
	b.get(child + "/history")
	if b.url.Path != child+"/why" {
		t.Fatalf("a restricted record opens at %s", b.url)
	}
	b.says("Hồ sơ đang hạn chế").silent("Lò Gia Bảo")
	b.submit(child+"/why", nil).want(http.StatusUnprocessableEntity).says("Ghi một câu")
	b.submit(child+"/why", url.Values{"reason": {"gia đình hỏi"}}).want(http.StatusOK)
	if b.url.Path != child+"/history" {
		t.Errorf("the reason leads to %s", b.url)
	}
	b.get(child + "/paper").want(http.StatusOK)
	b.submit(child+"/paper", nil).want(http.StatusUnprocessableEntity).says("Chọn một việc")
	b.submit(child+"/paper", url.Values{"for": {"family"}}).want(http.StatusUnprocessableEntity).says("Ghi rõ để làm gì")
	b.submit(child+"/paper", url.Values{"for": {"family"}, "reason": {"mẹ xin"}}).want(http.StatusOK)
	b.says("Hồ sơ tiêm chủng", "Lò Gia Bảo", "Đưa gia đình: mẹ xin", "Nghiên cứu", "Không đồng ý", "Xóa dữ liệu", "Ai đã xem hồ sơ này", "gia đình hỏi")
	b.get(request)
	b.submit(request+"/lift", url.Values{"lift": {"gia đình đổi ý"}}).want(http.StatusOK).says("Đã thôi hạn chế")
}

func TestLateRequestIsSaidToTheHead(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.get(child + "/request")
	b.submit(child+"/request", url.Values{"wish": {"view"}, "by": {"Lò Thị Mai"}, "relation": {"mother"}, "channel": {"spoken"}}).want(http.StatusOK)
	b.as(nodetest.HeadLogin).get("/").silent("quá hạn")
	tr.Clock().Add(7 * 24 * time.Hour)
	b.as(nodetest.HeadLogin).get("/").says("1 yêu cầu về dữ liệu quá hạn")
	b.get("/requests").says("Quá hạn")
	b.as(nodetest.NurseLogin).get("/").silent("yêu cầu về dữ liệu quá hạn")
}

// A list on paper says what it was printed for, and each child on it is told of that.
func TestListIsPrintedForAReason(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	child := b.baby(nil)
	list := "/due/print?list=overdue"
	b.get("/due?list=overdue").says("Lò Gia Bảo", "In danh sách")
	b.get(list).want(http.StatusOK).says("Dùng vào việc gì").silent("Lò Gia Bảo")
	b.submit(list, nil).want(http.StatusUnprocessableEntity).says("Chọn một việc").silent("Lò Gia Bảo")
	b.submit(list, url.Values{"for": {"care"}}).want(http.StatusUnprocessableEntity).says("Ghi rõ để làm gì").silent("Lò Gia Bảo")
	b.submit(list, url.Values{"for": {"care"}, "reason": {"đi bản gọi trẻ"}}).want(http.StatusOK).says("Lò Gia Bảo", "Chăm sóc: đi bản gọi trẻ")
	b.as(nodetest.HeadLogin).get(child+"/looks").says("Chăm sóc: đi bản gọi trẻ", "có tên trong danh sách 1 người")
}
