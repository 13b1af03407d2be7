package chart

// Dots of one cell: braille has two columns of four (Unicode 16, chart U+2800).
const (
	dotColumns = 2
	dotRows    = 4
)

// braille holds the 256 patterns in the order of their bits. Slicing it gives a
// glyph without an allocation, which string(rune) would cost for every cell.
const braille = "⠀⠁⠂⠃⠄⠅⠆⠇⠈⠉⠊⠋⠌⠍⠎⠏⠐⠑⠒⠓⠔⠕⠖⠗⠘⠙⠚⠛⠜⠝⠞⠟" +
	"⠠⠡⠢⠣⠤⠥⠦⠧⠨⠩⠪⠫⠬⠭⠮⠯⠰⠱⠲⠳⠴⠵⠶⠷⠸⠹⠺⠻⠼⠽⠾⠿" +
	"⡀⡁⡂⡃⡄⡅⡆⡇⡈⡉⡊⡋⡌⡍⡎⡏⡐⡑⡒⡓⡔⡕⡖⡗⡘⡙⡚⡛⡜⡝⡞⡟" +
	"⡠⡡⡢⡣⡤⡥⡦⡧⡨⡩⡪⡫⡬⡭⡮⡯⡰⡱⡲⡳⡴⡵⡶⡷⡸⡹⡺⡻⡼⡽⡾⡿" +
	"⢀⢁⢂⢃⢄⢅⢆⢇⢈⢉⢊⢋⢌⢍⢎⢏⢐⢑⢒⢓⢔⢕⢖⢗⢘⢙⢚⢛⢜⢝⢞⢟" +
	"⢠⢡⢢⢣⢤⢥⢦⢧⢨⢩⢪⢫⢬⢭⢮⢯⢰⢱⢲⢳⢴⢵⢶⢷⢸⢹⢺⢻⢼⢽⢾⢿" +
	"⣀⣁⣂⣃⣄⣅⣆⣇⣈⣉⣊⣋⣌⣍⣎⣏⣐⣑⣒⣓⣔⣕⣖⣗⣘⣙⣚⣛⣜⣝⣞⣟" +
	"⣠⣡⣢⣣⣤⣥⣦⣧⣨⣩⣪⣫⣬⣭⣮⣯⣰⣱⣲⣳⣴⣵⣶⣷⣸⣹⣺⣻⣼⣽⣾⣿"

// brailleBytes is the length of one pattern in UTF-8.
const brailleBytes = 3

// brailleGlyph returns the pattern of the bits. No bits are a plain blank: the
// empty pattern U+2800 is a glyph in some fonts.
func brailleGlyph(bits uint8) string {
	if bits == 0 {
		return Blank
	}
	at := int(bits) * brailleBytes
	return braille[at : at+brailleBytes]
}

// dotBit returns the bit of the dot in the column (0 is left) and the row,
// counted from the bottom. The numbering is braille's own: seven dots were added
// below six, so the lowest row has the two highest bits.
func dotBit(column, row int) uint8 {
	const left, right = "\x40\x04\x02\x01", "\x80\x20\x10\x08"
	if column == 0 {
		return left[row]
	}
	return right[row]
}

// columnBits returns the bits of a column filled from the bottom up to, and not
// including, row: none for 0 and below, all four from 4 on.
func columnBits(column, row int) uint8 {
	const left, right = "\x00\x40\x44\x46\x47", "\x00\x80\xa0\xb0\xb8"
	row = min(max(row, 0), dotRows)
	if column == 0 {
		return left[row]
	}
	return right[row]
}
