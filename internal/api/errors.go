package api

import (
	"errors"
	"net/http"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
)

// Types of the rows below; like those of package server they are never changed.
const (
	TypeLoginTaken  = "tramy:login-taken"
	TypeOldPassword = "tramy:old-password"
	TypeNothing     = "tramy:nothing-to-save"
	TypeActTooLarge = "tramy:act-too-large"
	TypeNoUpstream  = "tramy:no-upstream"
	TypeCodeText    = "tramy:code-not-whole"
	TypeCodeUnknown = "tramy:code-unknown"
	TypeCodeUsed    = "tramy:code-used"
	TypeCodeExpired = "tramy:code-expired"
	TypeNewerData   = "tramy:newer-data"
	TypeDamaged     = "tramy:database-damaged"
	TypeInUse       = "tramy:data-in-use"
	// TypeDatabaseAway is a hub's whose database runs on its own and does not answer.
	TypeDatabaseAway = "tramy:database-away"
	TypeRestricted   = "tramy:restricted"
	TypeNoReason     = "tramy:reason-required"
)

var rows = []server.Row{
	{
		Type: TypeLoginTaken, Status: http.StatusConflict, Exit: 1,
		VI: server.Text{Title: "Đã có tài khoản tên này.", Do: "Chọn tên đăng nhập khác, ví dụ thêm tên xã phía sau."},
		EN: server.Text{Title: "An account of that name exists already.", Do: "Choose another log-in name, with the commune's name behind it, say."},
	},
	{
		Type: TypeOldPassword, Status: http.StatusUnprocessableEntity, Exit: 1,
		VI: server.Text{Title: "Mật khẩu đang dùng chưa đúng.", Do: "Gõ lại mật khẩu đang dùng; nếu quên, nhờ trưởng trạm hoặc tuyến trên đặt lại."},
		EN: server.Text{Title: "The present password is wrong.", Do: "Type the present password again; if it is forgotten, ask the head of the station or the hub to set a new one."},
	},
	{
		Type: TypeNothing, Status: http.StatusUnprocessableEntity, Exit: 1,
		VI: server.Text{Title: "Chưa có gì để lưu.", Do: "Ghi ít nhất một mũi, một lý do chưa tiêm hoặc một ngày hẹn rồi lưu lại."},
		EN: server.Text{Title: "There is nothing to save.", Do: "Enter at least one dose, one reason for giving none, or one next date, and save again."},
	},
	{
		Type: TypeActTooLarge, Status: http.StatusRequestEntityTooLarge, Exit: 1,
		VI: server.Text{Title: "Một lần lưu này có quá nhiều việc.", Do: "Chia ra nhiều lần lưu, mỗi lần một người hoặc một ngày."},
		EN: server.Text{Title: "There is too much in this one save.", Do: "Save it in parts, one person or one day at a time."},
	},
	{
		Type: TypeNoUpstream, Status: http.StatusConflict, Exit: 1,
		VI: server.Text{Title: "Đây là máy trung ương: không có tuyến trên để gửi.", Do: "Không cần làm gì; các tuyến dưới tự gửi về đây."},
		EN: server.Text{Title: "This is the centre: it has nobody above to exchange with.", Do: "Nothing needs to be done; those below send here by themselves."},
	},
	{
		Type: TypeCodeText, Status: http.StatusUnprocessableEntity, Exit: 2,
		VI: server.Text{Title: "Mã ghi danh chưa đủ.", Do: "Chép lại cả mã từ trang của tuyến trên, từ TRAMY- đến hết."},
		EN: server.Text{Title: "This is not a whole enrolment code.", Do: "Copy it again from the hub's page, from TRAMY- to the end."},
	},
	{
		Type: TypeCodeUnknown, Status: http.StatusForbidden, Exit: 1,
		VI: server.Text{Title: "Tuyến trên không biết mã ghi danh này.", Do: "Xem mã có phải của tuyến này không, hoặc xin mã mới."},
		EN: server.Text{Title: "The hub does not know this enrolment code.", Do: "Check that the code is from this hub, or ask for a new one."},
	},
	{
		Type: TypeCodeUsed, Status: http.StatusConflict, Exit: 1,
		VI: server.Text{Title: "Mã ghi danh này đã dùng cho một máy.", Do: "Mỗi mã chỉ cho một máy: xin mã mới."},
		EN: server.Text{Title: "This enrolment code was used for a machine already.", Do: "A code is for one machine: ask for a new one."},
	},
	{
		Type: TypeCodeExpired, Status: http.StatusGone, Exit: 1,
		VI: server.Text{Title: "Mã ghi danh này đã quá hạn.", Do: "Xin tuyến trên mã mới."},
		EN: server.Text{Title: "This enrolment code has expired.", Do: "Ask the hub for a new one."},
	},
	{
		Type: TypeNewerData, Status: http.StatusServiceUnavailable, Exit: 1,
		VI: server.Text{Title: "Dữ liệu do bản tramy mới hơn ghi.", Do: "Cài bản tramy mới đó rồi mở lại; dữ liệu vẫn nguyên."},
		EN: server.Text{Title: "The data was written by a newer version of tramy.", Do: "Install that version and open it again; nothing is lost."},
	},
	{
		Type: TypeDamaged, Status: http.StatusInternalServerError, Exit: 1,
		VI: server.Text{Title: "Cơ sở dữ liệu trên máy này bị hỏng.", Do: "Đừng xóa gì. Gọi tuyến trên: những gì đã gửi còn ở đó, phần còn lại cứu được từ nhật ký trên máy."},
		EN: server.Text{Title: "The database on this machine is damaged.", Do: "Delete nothing. Call the hub: what was sent is there, and the rest can be salvaged from the journal on this machine."},
	},
	{
		Type: TypeInUse, Status: http.StatusServiceUnavailable, Exit: 1,
		VI: server.Text{Title: "Chương trình khác đang mở dữ liệu này.", Do: "Đóng cửa sổ tramy kia rồi thử lại."},
		EN: server.Text{Title: "Another program has this data open.", Do: "Close the other tramy and try again."},
	},
	{
		Type: TypeDatabaseAway, Status: http.StatusServiceUnavailable, Exit: 1,
		VI: server.Text{Title: "Máy chủ chưa nối được cơ sở dữ liệu.", Do: "Những gì đã báo là đã lưu thì không mất. Thử lại sau một phút."},
		EN: server.Text{Title: "The hub cannot reach its database.", Do: "What was said to be saved is not lost. Try again in a minute."},
	},
	{
		Type: TypeRestricted, Status: http.StatusForbidden, Exit: 1,
		VI: server.Text{Title: "Gia đình đã xin hạn chế dùng hồ sơ này.", Do: "Ghi lý do mở hồ sơ rồi mở lại."},
		EN: server.Text{Title: "The family asked to restrict the use of this record.", Do: "Say why you open it, then open it again."},
	},
	{
		Type: TypeNoReason, Status: http.StatusUnprocessableEntity, Exit: 2,
		VI: server.Text{Title: "Chưa ghi dùng vào việc gì.", Do: "Chọn một việc và ghi một câu vì sao."},
		EN: server.Text{Title: "It was not said what for.", Do: "Choose a purpose and say why in a sentence."},
	},
}

// mappers turn the errors of desk, registry, exchange and store into rows of the table. The last is asked
// first. They stand in the table for commands and pages, which may read some of these errors otherwise,
// so answers of the API go through problemOf.
var mappers []server.Mapper

func init() {
	mappers = []server.Mapper{
		server.MapIs(desk.ErrForbidden, server.TypeForbidden),
		server.MapIs(desk.ErrElsewhere, server.TypeElsewhere),
		server.MapIs(desk.ErrNotFound, server.TypeNotFound),
		server.MapIs(desk.ErrLogin, server.TypeWrongLogin),
		isAt(desk.ErrLoginTaken, TypeLoginTaken, "login"),
		server.MapIs(node.ErrNothing, TypeNothing),
		server.MapIs(node.ErrActTooLarge, TypeActTooLarge),
		server.MapIs(node.ErrNotRooted, TypeNoUpstream),
		server.MapIs(node.ErrRevoked, server.TypeRevoked),
		server.MapIs(store.ErrFull, server.TypeDiskFull),
		server.MapIs(store.ErrNewer, TypeNewerData),
		server.MapIs(store.ErrCorrupt, TypeDamaged),
		server.MapIs(store.ErrInUse, TypeInUse),
		server.MapIs(store.ErrAway, TypeDatabaseAway),
		server.MapIs(exchange.ErrNotHub, server.TypeNotTheHub),
		server.MapIs(exchange.ErrCodeText, TypeCodeText),
		server.MapIs(exchange.ErrEnrolUnknown, TypeCodeUnknown),
		server.MapIs(exchange.ErrEnrolUsed, TypeCodeUsed),
		server.MapIs(exchange.ErrEnrolExpired, TypeCodeExpired),
		server.MapIs(desk.ErrNoReason, TypeNoReason),
		server.MapIs(desk.ErrNoPurpose, TypeNoReason),
		server.MapIs(desk.ErrNothingSaid, TypeNothing),
		server.MapAs(restricted),
		tooMany,
		server.MapAs(func(e *registry.DateError) *server.Problem {
			return invalidProblem("", registry.FieldError{Code: e.Code, Params: map[string]any{"text": short(e.Text)}})
		}),
		server.MapAs(func(*rights.RoleError) *server.Problem {
			return invalidProblem("", registry.FieldError{Field: "role", Code: registry.CodeChoiceUnknown})
		}),
		server.MapAs(func(e *registry.FieldError) *server.Problem { return invalidProblem("", *e) }),
		server.MapAs(func(e registry.Errors) *server.Problem { return invalidProblem("", e...) }),
		server.MapAs(staleProblem),
		server.MapAs(doseProblem), // asked before those above, because it knows which dose they are about
	}
	server.Register(rows, mappers...)
}

// isAt is server.MapIs for an error that is always about one field.
func isAt(target error, typ, field string) server.Mapper {
	return func(err error) *server.Problem {
		if !errors.Is(err, target) {
			return nil
		}
		return server.NewProblem(typ).At(field)
	}
}

func tooMany(err error) *server.Problem {
	if !errors.Is(err, exchange.ErrEnrolTooMany) {
		return nil
	}
	const minute = 60
	return server.NewProblem(server.TypeTooMany).Param("seconds", minute)
}

// doseProblem says which dose of a visit is in the way.
func doseProblem(e *desk.DoseError) *server.Problem {
	var many registry.Errors
	if errors.As(e.Err, &many) {
		return invalidProblem(dosePrefix(e.Index), many...)
	}
	return problemOf(e.Err)
}

// problemOf turns an error into a problem without words, as the API's own mappers see it.
func problemOf(err error) *server.Problem {
	var p *server.Problem
	if errors.As(err, &p) {
		return p
	}
	for _, m := range slices.Backward(mappers) {
		if p := m(err); p != nil {
			return p.Because(err)
		}
	}
	known := server.ProblemOf(err, "")
	known.Title, known.Detail = "", "" // the language is not known here
	return known
}

// invalid is the error of one entry that cannot be accepted; params are names and values in turn.
func invalid(field string, code registry.Code, params ...any) error {
	e := registry.FieldError{Field: field, Code: code, Params: map[string]any{}}
	for i := 0; i+1 < len(params); i += 2 {
		e.Params[params[i].(string)] = params[i+1]
	}
	return registry.Errors{e}
}

// Invalid is invalid for the programs' own handlers.
func Invalid(field string, code registry.Code) error { return invalid(field, code) }
