package server

import (
	"net/http"

	"tramy/syncproto"
)

// Text is what a row says to a person: what happened, and what to do about it. A name in braces is
// replaced by the problem's parameter of that name.
type Text struct{ Title, Do string }

// Row is one error in the table of all errors.
type Row struct {
	Type    string // stable, for programs: "tramy:stale"
	Status  int    // HTTP status
	Exit    int    // exit code of a command: 1 failed, 2 used wrongly
	VI, EN  Text
	Refusal syncproto.RefusalCode // the refusal of an exchange that means this; 0 if none
}

// Types of the rows below. They may be added to and are never changed: programs compare them.
const (
	TypeInternal      = "tramy:internal"
	TypeUsage         = "tramy:usage"
	TypeBadRequest    = "tramy:bad-request"
	TypeInvalid       = "tramy:invalid"
	TypeNotFound      = "tramy:not-found"
	TypeMethod        = "tramy:method"
	TypeTooLarge      = "tramy:too-large"
	TypeMediaType     = "tramy:media-type"
	TypeTimeout       = "tramy:timeout"
	TypeTooSlow       = "tramy:too-slow"
	TypeDiskFull      = "tramy:disk-full"
	TypeStale         = "tramy:stale"
	TypeDuplicate     = "tramy:duplicate"
	TypeConflict      = "tramy:conflict"
	TypeNotLoggedIn   = "tramy:not-logged-in"
	TypeWrongLogin    = "tramy:wrong-login"
	TypeGuessing      = "tramy:guessing"
	TypePassword      = "tramy:password"
	TypeMust          = "tramy:first-things-first"
	TypeCode          = "tramy:second-factor"
	TypeForbidden     = "tramy:forbidden"
	TypeElsewhere     = "tramy:elsewhere"
	TypeCrossOrigin   = "tramy:cross-origin"
	TypeWrongHost     = "tramy:wrong-host"
	TypeNotLetIn      = "tramy:not-let-in"
	TypeBusy          = "tramy:busy"
	TypeTooMany       = "tramy:too-many-attempts"
	TypeKeyMissing    = "tramy:idempotency-key-missing"
	TypeKeyReused     = "tramy:idempotency-key-reused"
	TypeKeyRunning    = "tramy:idempotency-key-running"
	TypeWrongHubKey   = "tramy:wrong-hub-key"
	TypeNotTheHub     = "tramy:not-the-hub"
	TypeHubSilent     = "tramy:hub-silent"
	TypeToken         = "tramy:device-token"
	TypeRevoked       = "tramy:device-revoked"
	TypeVersion       = "tramy:protocol-version"
	TypeFormat        = "tramy:exchange-format"
	TypeExchangeLarge = "tramy:exchange-too-large"
	TypeOrder         = "tramy:exchange-order"
	TypeNotStored     = "tramy:not-stored"
)

// errorRows are the errors that this package and every command may meet. Other packages add theirs with
// Register. Nothing here names a person.
var errorRows = []Row{
	{
		Type: TypeInternal, Status: http.StatusInternalServerError, Exit: 1,
		VI: Text{"Chương trình gặp lỗi.", "Những gì đã báo “đã lưu” vẫn còn. Hãy thử lại; nếu vẫn lỗi, báo quản trị viên kèm mã {incident}."},
		EN: Text{"The program ran into an error.", "What was said to be saved is safe. Try again; if it fails again, give your admin the number {incident}."},
	},
	{
		Type: TypeUsage, Status: http.StatusBadRequest, Exit: 2,
		VI: Text{"Lệnh dùng chưa đúng.", "Xem cách dùng với --help."},
		EN: Text{"The command was used wrongly.", "See how to use it with --help."},
	},
	{
		Type: TypeBadRequest, Status: http.StatusBadRequest, Exit: 2,
		VI: Text{"Không đọc được yêu cầu.", "Kiểm tra lại dữ liệu gửi lên theo mô tả API."},
		EN: Text{"The request could not be read.", "Check what was sent against the API description."},
	},
	{
		Type: TypeInvalid, Status: http.StatusUnprocessableEntity, Exit: 1,
		VI: Text{"Có thông tin chưa hợp lệ.", "Sửa ô được đánh dấu rồi lưu lại."},
		EN: Text{"Something entered is not valid.", "Correct the marked field and save again."},
	},
	{
		Type: TypeNotFound, Status: http.StatusNotFound, Exit: 1,
		VI: Text{"Không tìm thấy.", "Có thể hồ sơ chưa về máy này. Hãy tìm lại, hoặc đồng bộ rồi thử lại."},
		EN: Text{"Not found.", "The record may not have reached this machine yet. Search again, or synchronise and retry."},
	},
	{
		Type: TypeMethod, Status: http.StatusMethodNotAllowed, Exit: 1,
		VI: Text{"Địa chỉ này không nhận thao tác đó.", "Dùng thao tác nêu trong phần đầu Allow."},
		EN: Text{"This address does not take that method.", "Use one of the methods in the Allow header."},
	},
	{
		Type: TypeTooLarge, Status: http.StatusRequestEntityTooLarge, Exit: 1,
		VI: Text{"Dữ liệu gửi lên quá lớn.", "Giới hạn là {max} byte. Hãy chia nhỏ rồi gửi từng phần."},
		EN: Text{"What was sent is too large.", "The limit is {max} bytes. Send it in smaller parts."},
	},
	{
		Type: TypeMediaType, Status: http.StatusUnsupportedMediaType, Exit: 1,
		VI: Text{"Không nhận loại dữ liệu này.", "Gửi dữ liệu với Content-Type: {want}."},
		EN: Text{"This type of content is not taken.", "Send it with Content-Type: {want}."},
	},
	{
		Type: TypeTimeout, Status: http.StatusServiceUnavailable, Exit: 1,
		VI: Text{"Xử lý quá lâu nên đã dừng.", "Hãy thử lại; với báo cáo, chọn khoảng thời gian hoặc địa bàn nhỏ hơn."},
		EN: Text{"It took too long and was stopped.", "Try again; for a report, choose a shorter time or a smaller area."},
	},
	{
		Type: TypeTooSlow, Status: http.StatusRequestTimeout, Exit: 1, Refusal: syncproto.RefusedTooSlow,
		VI: Text{"Đường truyền quá chậm nên đã ngắt.", "Phần đã gửi không mất. Máy sẽ tự gửi tiếp khi có mạng; hoặc dùng USB."},
		EN: Text{"The line was too slow and was closed.", "What was sent is not lost. The machine goes on by itself when the network is back; or use a USB stick."},
	},
	{
		Type: TypeDiskFull, Status: http.StatusInsufficientStorage, Exit: 1,
		VI: Text{"Ổ đĩa đã đầy, chưa lưu được.", "Vẫn xem được dữ liệu. Hãy xoá bớt tệp không cần trên máy rồi lưu lại."},
		EN: Text{"The disk is full; this was not saved.", "Everything can still be read. Make room on the disk and save again."},
	},
	{
		Type: TypeStale, Status: http.StatusPreconditionFailed, Exit: 1,
		VI: Text{"Thông tin đã được người khác sửa trong lúc bạn đang mở.", "Xem cả hai giá trị, chọn giá trị đúng rồi lưu lại."},
		EN: Text{"Somebody else changed this while you had it open.", "Look at both values, choose the right one and save again."},
	},
	{
		Type: TypeDuplicate, Status: http.StatusConflict, Exit: 1,
		VI: Text{"Có thể đối tượng này đã được đăng ký.", "Xem danh sách gần giống; nếu là người khác, chọn “Vẫn đăng ký”."},
		EN: Text{"This person may be registered already.", "Look at the candidates; if it is somebody else, choose “Register anyway”."},
	},
	{
		Type: TypeConflict, Status: http.StatusConflict, Exit: 1,
		VI: Text{"Thao tác này trái với tình trạng hiện tại của hồ sơ.", "Mở lại hồ sơ để xem tình trạng mới nhất."},
		EN: Text{"This does not fit the present state of the record.", "Open the record again to see how it stands."},
	},
	{
		Type: TypeNotLoggedIn, Status: http.StatusUnauthorized, Exit: 1,
		VI: Text{"Bạn chưa đăng nhập, hoặc phiên đã hết hạn.", "Đăng nhập lại."},
		EN: Text{"You are not logged in, or your log-in has expired.", "Log in again."},
	},
	{
		Type: TypeWrongLogin, Status: http.StatusUnauthorized, Exit: 1,
		VI: Text{"Tên đăng nhập hoặc mật khẩu không đúng.", "Kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi thử lại."},
		EN: Text{"The name or the password is wrong.", "Check the keyboard layout and Caps Lock, then try again."},
	},
	{
		Type: TypeGuessing, Status: http.StatusTooManyRequests, Exit: 1,
		VI: Text{"Sai mật khẩu nhiều lần.", "Chờ {seconds} giây rồi thử lại. Tài khoản không bị khoá."},
		EN: Text{"Too many wrong passwords.", "Wait {seconds} seconds and try again. The account is not locked."},
	},
	{
		Type: TypePassword, Status: http.StatusUnprocessableEntity, Exit: 1,
		VI: Text{"Mật khẩu này chưa đủ an toàn.", "Dùng ít nhất 8 ký tự, không chứa tên đăng nhập và không phải mật khẩu hay gặp; ví dụ bốn từ ghép lại."},
		EN: Text{"This password is not safe enough.", "Use at least 8 characters, without the log-in name and not one of the common ones; four words in a row, say."},
	},
	{
		Type: TypeMust, Status: http.StatusForbidden, Exit: 1,
		VI: Text{"Tài khoản này phải làm một việc trước đã.", "Chọn mật khẩu của riêng mình, hoặc cài xác thực hai bước, trên trang của máy này."},
		EN: Text{"This account has something to do first.", "Choose a password of your own, or set up the second factor, on this machine's pages."},
	},
	{
		Type: TypeCode, Status: http.StatusUnauthorized, Exit: 1,
		VI: Text{"Cần mã xác thực hai bước.", "Gửi thêm mã 6 số trên điện thoại, mã chưa dùng lần nào, hoặc một mã dự phòng."},
		EN: Text{"A code of the second factor is asked for.", "Send the 6-digit code from the phone as well, one that was not used yet, or a recovery code."},
	},
	{
		Type: TypeForbidden, Status: http.StatusForbidden, Exit: 1,
		VI: Text{"Tài khoản của bạn không có quyền làm việc này.", "Nhờ trưởng trạm hoặc quản trị viên."},
		EN: Text{"Your account may not do this.", "Ask the head of the station or an admin."},
	},
	{
		Type: TypeElsewhere, Status: http.StatusForbidden, Exit: 1,
		VI: Text{"Hồ sơ này thuộc địa bàn khác.", "Liên hệ trạm quản lý, hoặc tra cứu để đưa hồ sơ về trạm mình."},
		EN: Text{"This record belongs to another place.", "Contact its station, or look the person up to bring the record to yours."},
	},
	{
		Type: TypeCrossOrigin, Status: http.StatusForbidden, Exit: 1,
		VI: Text{"Yêu cầu đến từ một trang web khác nên bị từ chối.", "Mở tramy trực tiếp từ địa chỉ của nó rồi làm lại."},
		EN: Text{"The request came from another web page and was refused.", "Open tramy at its own address and try again."},
	},
	{
		Type: TypeWrongHost, Status: http.StatusMisdirectedRequest, Exit: 1,
		VI: Text{"Máy này không phục vụ dưới tên đó.", "Mở bằng địa chỉ ghi trên màn hình của máy trạm hoặc do quản trị viên cung cấp."},
		EN: Text{"This machine does not answer to that name.", "Use the address shown on the station's screen or given by the admin."},
	},
	{
		Type: TypeNotLetIn, Status: http.StatusForbidden, Exit: 1,
		VI: Text{"Điện thoại này chưa được cho vào.", "Nhờ trưởng trạm mở Cài đặt, Điện thoại trong phòng trên máy trạm, rồi quét mã ở đó."},
		EN: Text{"This phone was not let in.", "Ask the head of the station to open Settings, Phones in the room, on the laptop, and scan the code there."},
	},
	{
		Type: TypeBusy, Status: http.StatusServiceUnavailable, Exit: 1, Refusal: syncproto.RefusedBusy,
		VI: Text{"Máy chủ đang bận.", "Không mất gì cả. Máy sẽ tự thử lại sau {seconds} giây."},
		EN: Text{"The hub is busy.", "Nothing is lost. The machine tries again by itself in {seconds} seconds."},
	},
	{
		Type: TypeTooMany, Status: http.StatusTooManyRequests, Exit: 1, Refusal: syncproto.RefusedTooMany,
		VI: Text{"Thử sai quá nhiều lần từ địa chỉ này.", "Chờ {seconds} giây rồi thử lại; kiểm tra lại mã đăng ký."},
		EN: Text{"Too many failed attempts from this address.", "Wait {seconds} seconds and try again; check the enrolment code."},
	},
	{
		Type: TypeKeyMissing, Status: http.StatusBadRequest, Exit: 2,
		VI: Text{"Thiếu Idempotency-Key, hoặc khoá không hợp lệ.", "Gửi kèm một khoá mới (1–128 ký tự ASCII, ví dụ UUID) cho mỗi lần ghi, và dùng lại đúng khoá đó khi gửi lại."},
		EN: Text{"The Idempotency-Key is missing or malformed.", "Send a fresh key (1–128 ASCII characters, a UUID, say) with each write, and the same key when repeating it."},
	},
	{
		Type: TypeKeyReused, Status: http.StatusUnprocessableEntity, Exit: 1,
		VI: Text{"Idempotency-Key này đã dùng cho một yêu cầu khác.", "Dùng khoá mới cho yêu cầu mới."},
		EN: Text{"This Idempotency-Key was used for another request.", "Use a new key for a new request."},
	},
	{
		Type: TypeKeyRunning, Status: http.StatusConflict, Exit: 1,
		VI: Text{"Yêu cầu với khoá này vẫn đang được xử lý.", "Chờ một giây rồi gửi lại đúng yêu cầu đó."},
		EN: Text{"The request with this key is still being carried out.", "Wait a second and repeat the same request."},
	},
	{
		Type: TypeWrongHubKey, Status: http.StatusBadGateway, Exit: 1,
		VI: Text{"Máy chủ trả lời bằng khoá lạ: không phải máy chủ đã đăng ký.", "Có thể mạng này chen vào giữa. Dùng mạng khác; nếu máy chủ đã thay khoá, xin mã đăng ký mới."},
		EN: Text{"The hub answered with an unknown key: it is not the hub this machine enrolled at.", "This network may be standing in between. Use another one; if the hub has a new key, ask for a new enrolment code."},
	},
	{
		Type: TypeNotTheHub, Status: http.StatusBadGateway, Exit: 1,
		VI: Text{"Có gì đó trả lời thay máy chủ, ví dụ trang đăng nhập Wi-Fi.", "Mở trình duyệt để đăng nhập Wi-Fi, hoặc dùng mạng khác, rồi đồng bộ lại."},
		EN: Text{"Something else answered in place of the hub, a Wi-Fi log-in page perhaps.", "Open a browser to log in to the Wi-Fi, or use another network, then synchronise again."},
	},
	{
		Type: TypeHubSilent, Status: http.StatusBadGateway, Exit: 1,
		VI: Text{"Không liên lạc được với máy chủ.", "Vẫn ghi chép bình thường; máy sẽ tự gửi khi có mạng."},
		EN: Text{"The hub cannot be reached.", "Go on working; the machine sends by itself when the network is back."},
	},
	{
		Type: TypeToken, Status: http.StatusUnauthorized, Exit: 1, Refusal: syncproto.RefusedToken,
		VI: Text{"Máy chủ không nhận ra máy này.", "Báo quản trị viên tuyến trên. Những gì đã ghi vẫn còn trên máy này: đừng xóa thư mục dữ liệu."},
		EN: Text{"The hub does not know this machine.", "Tell the admin of the hub. What was recorded is still on this machine: do not delete its data folder."},
	},
	{
		Type: TypeRevoked, Status: http.StatusForbidden, Exit: 1, Refusal: syncproto.RefusedRevoked,
		VI: Text{"Máy này đã bị thu hồi và phải khoá lại.", "Liên hệ quản trị viên. Những gì đã gửi trước đó vẫn giữ nguyên."},
		EN: Text{"This machine was revoked and has to lock.", "Contact the admin. What was sent before stays."},
	},
	{
		Type: TypeVersion, Status: http.StatusBadRequest, Exit: 1, Refusal: syncproto.RefusedVersion,
		VI: Text{"Hai máy không có phiên bản giao thức chung.", "Cập nhật tramy trên máy cũ hơn."},
		EN: Text{"The two machines share no version of the protocol.", "Update tramy on the older one."},
	},
	{
		Type: TypeFormat, Status: http.StatusBadRequest, Exit: 1, Refusal: syncproto.RefusedFormat,
		VI: Text{"Không giải mã được gói đồng bộ.", "Máy sẽ thử lại. Nếu lặp lại, kiểm tra mạng hoặc USB và báo quản trị viên."},
		EN: Text{"The exchange could not be decoded.", "The machine tries again. If it happens again, check the network or the USB stick and tell the admin."},
	},
	{
		Type: TypeExchangeLarge, Status: http.StatusRequestEntityTooLarge, Exit: 1, Refusal: syncproto.RefusedTooLarge,
		VI: Text{"Gói đồng bộ vượt giới hạn của máy chủ.", "Báo quản trị viên; các phần khác không bị ảnh hưởng."},
		EN: Text{"The exchange is over a limit of the hub.", "Tell the admin; nothing else is affected."},
	},
	{
		Type: TypeOrder, Status: http.StatusBadRequest, Exit: 1, Refusal: syncproto.RefusedOrder,
		VI: Text{"Gói đồng bộ sai thứ tự.", "Máy sẽ thử lại. Nếu lặp lại, cập nhật tramy và báo quản trị viên."},
		EN: Text{"The parts of the exchange came in an impossible order.", "The machine tries again. If it happens again, update tramy and tell the admin."},
	},
	{
		Type: TypeNotStored, Status: http.StatusInternalServerError, Exit: 1, Refusal: syncproto.RefusedInternal,
		VI: Text{"Máy chủ chưa lưu được.", "Không mất gì cả: dữ liệu vẫn ở máy trạm và sẽ được gửi lại."},
		EN: Text{"The hub could not store it.", "Nothing is lost: the station keeps it and sends it again."},
	},
}
