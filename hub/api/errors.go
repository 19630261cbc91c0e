package api

import (
	"errors"
	"net/http"

	"tramy/hub"
	"tramy/internal/enrol"
	"tramy/internal/server"
)

// Types of the rows below; they are never changed.
const (
	TypePlaceExists = "tramy:place-exists"
	TypeNumbersUsed = "tramy:device-numbers-used-up"
)

var rows = []server.Row{
	{
		Type: TypePlaceExists, Status: http.StatusConflict, Exit: 1,
		VI: server.Text{Title: "Đã có nơi mang mã này.", Do: "Tìm mã trong trang Địa bàn; nếu là nơi khác, xem lại mã."},
		EN: server.Text{Title: "A place with this code exists already.", Do: "Look the code up on the page of places; if it is another place, check the code."},
	},
	{
		Type: TypeNumbersUsed, Status: http.StatusConflict, Exit: 1,
		VI: server.Text{Title: "Tuyến này đã cấp hết số máy.", Do: "Xin tuyến trên ghi danh lại máy chủ này để có dãy số mới."},
		EN: server.Text{Title: "This hub has given out all its device numbers.", Do: "Ask the hub above to enrol this one again, which brings a new block."},
	},
}

func init() {
	server.Register(rows,
		func(err error) *server.Problem {
			if !errors.Is(err, hub.ErrPlaceExists) {
				return nil
			}
			return server.NewProblem(TypePlaceExists).At("code")
		},
		server.MapIs(enrol.ErrNumbersUsedUp, TypeNumbersUsed),
	)
}
