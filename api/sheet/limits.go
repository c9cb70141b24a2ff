package sheet

import "github.com/xuri/excelize/v2"

// Every bound has a name and a reason.
const (
	// MaxFile bounds the bytes of a file: ten times the largest roster that a county sends.
	MaxFile = 32 << 20

	// MaxUnzipped bounds what a workbook may unpack to: a workbook of MaxFile text bytes packs about one to eight.
	MaxUnzipped = 256 << 20

	// MaxParts bounds the parts inside a workbook; one made by hand has a few dozen.
	MaxParts = 2000

	// SheetRows is how many rows a worksheet may have that a spreadsheet opens.
	SheetRows = excelize.TotalRows

	// MaxRows bounds the rows of a file: every volunteer of a county, with room.
	MaxRows = 50_000

	// MaxListFile, MaxListRows and MaxListUnzipped are the same for a list that whoever holds the book reads at their own machine: a
	// platform's records of a county over several years. A worksheet has no more rows than this.
	MaxListFile     = 512 << 20
	MaxListRows     = 2_000_000
	MaxListUnzipped = 2 << 30

	// MaxColumns bounds the columns of a file, so that a stray cell at the far right edge is said and not stored.
	MaxColumns = 100

	// MaxCell bounds the bytes of one cell: a long remark.
	MaxCell = 4 << 10

	// MaxMerged bounds the blocks of merged cells: more is a form to be printed, not a table.
	MaxMerged = 5000

	// MaxConfig bounds the bytes of a rule set or mapping.
	MaxConfig = 1 << 20

	// headerRows is how far down the header is looked for: below a title, an instruction and a few empty rows.
	headerRows = 12

	// inMemory is the size from which the workbook library unpacks a part to a temporary file instead of memory.
	inMemory = 16 << 20
)
