package sheet

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/registry"
)

// StockLine is a lot of a list of stock.
type StockLine struct {
	Row      int
	Item     string // a vaccine's code, or a supply's
	Name     string // as it stands
	Lot      string
	Expires  registry.Day
	Quantity int                // doses or pieces
	Stock    registry.Programme // whose stock it is; 0: as usual for the item
	Problems []Problem
}

// StockLinesMax is how many lots one list has: what fits into one act. A commune's fridge holds some thirty.
const StockLinesMax = 60

// Codes of problems of a list of stock.
const (
	CodeStockItem     registry.Code = "stock_item"     // text, near
	CodeStockQuantity registry.Code = "stock_quantity" // text
	CodeStockUnit     registry.Code = "stock_unit"     // text: boxes, vials: how many doses?
	CodeStockExpiry   registry.Code = "stock_expiry"   // text
	CodeStockTwice    registry.Code = "stock_twice"    // row: an earlier one of the same lot
	CodeStockBook     registry.Code = "stock_book"     // book: the ledger knows the lot and says otherwise
)

// StockCodes lists them, for the catalogue's tests.
var StockCodes = []registry.Code{CodeStockItem, CodeStockQuantity, CodeStockUnit, CodeStockExpiry, CodeStockTwice, CodeStockBook}

// StockHeaderError says that no row of a file has the titles that a list of stock needs.
type StockHeaderError struct{}

func (*StockHeaderError) Error() string {
	return "no row has the titles of a list of stock: vaccine or supply, and quantity"
}

// Key names the sentence.
func (*StockHeaderError) Key() string { return "sheet.stock_header" }

// Args are what it needs.
func (*StockHeaderError) Args() []any { return nil }

// stockTitles are the columns of a list of stock; of two in one list the one that stands first here: what is there now, not what was there
// when the month began. The titles are those of the monthly supply report (vietnam.md 2.3) and of lists as stations keep
// them.
var stockTitles = map[string][]string{
	"item":     {"vac xin", "ten vac xin", "vat tu", "ten vat tu", "vac xin vat tu", "ten vac xin vat tu", "ten vac xin va vat tu", "mat hang", "ten hang", "loai vac xin", "ten"},
	"lot":      {"so lo", "lo", "lo sx", "so lo sx", "lo san xuat"},
	"expires":  {"han dung", "han su dung", "hsd"},
	"quantity": {"ton thuc te", "ton cuoi ky", "ton cuoi", "so luong ton", "so ton", "ton kho", "ton", "so luong lieu", "so lieu", "so luong", "ton dau ky"},
	"unit":     {"don vi", "don vi tinh", "dvt"},
	"stock":    {"nguon", "chuong trinh", "loai hinh"},
}

// supplyNames are what lists call the supplies that are kept like vaccines.
var supplyNames = map[string][]string{
	registry.SupplyAD01: {"bom kim 0 1", "bom kim tiem 0 1 ml", "bkt 0 1", "bkt 0 1ml", "bkt 0 1 ml", "bom kim tiem 0 1ml", "bkt bcg"},
	registry.SupplyAD05: {"bom kim 0 5", "bom kim tiem 0 5 ml", "bkt 0 5", "bkt 0 5ml", "bkt 0 5 ml", "bom kim tiem 0 5ml"},
	registry.SupplyMix5: {"bom kim 5", "bom kim tiem 5 ml", "bkt 5", "bkt 5ml", "bkt 5 ml", "bkt pha", "bom kim tiem 5ml", "bom kim pha"},
	registry.SupplyBox:  {"hop an toan", "hat"},
}

// wholeUnits are units of which one is one dose or one piece.
var wholeUnits = []string{"", "lieu", "cai", "chiec", "hop an toan", "dose", "bo"}

// ReadStock reads a list of stock: lots with what there is of them. The error is a *StockHeaderError, a *TooLargeError or one of the file.
func (b *Book) ReadStock(vaccines []VaccineName, today registry.Day) ([]StockLine, error) {
	x := newVaccineIndex(vaccines)
	for _, name := range b.Sheets() {
		columns, from := map[string]int{}, 0
		var out []StockLine
		err := b.src.rows(name, func(r *row) error {
			if from == 0 {
				if columns = stockColumns(r); columns["item"] > 0 && columns["quantity"] > 0 {
					from = r.n
				} else if r.n > headerRowsMax {
					return errEnough
				}
				return nil
			}
			line, ok := stockLine(r, columns, x, today)
			if !ok {
				return nil
			}
			for i := range line.Problems {
				line.Problems[i].Sheet = name
			}
			if out = append(out, line); len(out) > StockLinesMax {
				return &TooLargeError{What: "lots", Got: int64(len(out)), Max: StockLinesMax}
			}
			return nil
		})
		if err != nil && err != errEnough { //nolint:errorlint // returned as it is
			return nil, err
		}
		if from > 0 {
			return out, nil
		}
	}
	return nil, &StockHeaderError{}
}

// stockColumns finds what a row names: columns from 1.
func stockColumns(r *row) map[string]int {
	out, rank := map[string]int{}, map[string]int{}
	for i := range r.cells {
		title := foldTitle(readableTitle(r.cells[i].text))
		for field, known := range stockTitles {
			if at := slices.Index(known, title); at >= 0 && (out[field] == 0 || at < rank[field]) {
				out[field], rank[field] = i+1, at
			}
		}
	}
	return out
}

func stockLine(r *row, columns map[string]int, x *vaccineIndex, today registry.Day) (StockLine, bool) {
	at := func(field string) cell { return r.at(columns[field] - 1) }
	text := func(field string) string { return decodeTitle(at(field).text) }
	line := StockLine{Row: r.n, Name: text("item"), Lot: registry.CleanLot(text("lot"))}
	if line.Name == "" && line.Lot == "" && text("quantity") == "" {
		return line, false
	}
	switch registry.Fold(line.Name) {
	case "tong", "cong", "tong cong", "tong so":
		return line, false
	}
	if line.Name == "" && text("quantity") == "" { // a signature below the table
		return line, false
	}
	problem := func(field string, code registry.Code, params ...any) {
		pr := Problem{Row: r.n, Text: text(field), Field: field, Code: code, Params: map[string]any{}}
		if columns[field] > 0 {
			pr.Column = columnLetter(columns[field] - 1)
		}
		for i := 0; i+1 < len(params); i += 2 {
			pr.Params[params[i].(string)] = params[i+1]
		}
		line.Problems = append(line.Problems, pr)
	}
	if line.Item = stockItem(line.Name, x); line.Item == "" {
		problem("item", CodeStockItem, "near", strings.Join(x.near(line.Name), ", "))
	}
	n, err := strconv.Atoi(wholeNumber(text("quantity")))
	if at("quantity").kind == kindNumber {
		n, err = int(at("quantity").serial), nil
		if float64(n) != at("quantity").serial {
			err = strconv.ErrSyntax
		}
	}
	if line.Quantity = n; err != nil || n < 0 || n > registry.StockQuantityMax {
		problem("quantity", CodeStockQuantity)
	}
	if !slices.Contains(wholeUnits, registry.Fold(text("unit"))) {
		problem("unit", CodeStockUnit)
	}
	if c := at("expires"); c.text != "" {
		switch d := readDate(c, DayMonth, DateCellsRight, today); {
		case d.ok() && d.prec == registry.PrecisionMonth:
			line.Expires = d.day.Month().Last()
		case d.ok() && d.prec != registry.PrecisionYear:
			line.Expires = d.day
		default:
			problem("expires", CodeStockExpiry)
		}
	}
	if t := text("stock"); t != "" {
		n, ok := choiceNumber(registry.ProgrammeEnum, t)
		if line.Stock = registry.Programme(n); !ok {
			problem("stock", CodeChoiceText)
		}
	}
	return line, true
}

// thousands are groups of three digits, as 1.234 is written here.
var thousands = regexp.MustCompile(`^\d{1,3}(\.\d{3})+$`)

// wholeNumber takes spaces out of a number, and the dots of thousands; 10.0 and 12.5 stay as they are, and are no whole numbers of ours.
func wholeNumber(text string) string {
	text = strings.NewReplacer(" ", "", "\u00a0", "").Replace(text)
	if thousands.MatchString(text) {
		text = strings.ReplaceAll(text, ".", "")
	}
	return text
}

// stockItem finds what a list calls something: a code, a vaccine, a supply, a diluent ("dung môi BCG").
func stockItem(name string, x *vaccineIndex) string {
	folded := registry.Fold(name)
	for _, item := range registry.Supplies() {
		if registry.Fold(item) == folded || slices.Contains(supplyNames[item], folded) {
			return item
		}
	}
	for _, word := range []string{"dung moi ", "nuoc pha ", "nuoc hoi chinh "} {
		rest, ok := strings.CutPrefix(folded, word)
		if !ok {
			continue
		}
		code, _, _ := x.find(rest)
		if item := registry.DiluentOf(code); code != "" && registry.IsSupply(item) {
			return item
		}
		return ""
	}
	code, dose, whole := x.find(name)
	if code == "" || dose > 0 && !whole {
		return ""
	}
	return code
}
