package main

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The measures of a cell, in pixels. The advance of Go Mono is 0.6 of its size, so a size of 20 gives whole pixels; the
// lines are as high as terminals make them.
const (
	fontSize   = 20
	cellWidth  = 12
	cellHeight = 25
	baseline   = 19
	// margin is around all cells.
	margin = 10
)

// brush paints cells.
type brush struct {
	plain, bold *typeface
	// mask is the ink of one cell, which may be a wide one.
	mask *image.Alpha
}

// typeface is a font in the size of the cells.
type typeface struct {
	face font.Face
	font *sfnt.Font
}

func newTypeface(data []byte) (*typeface, error) {
	parsed, err := opentype.Parse(data)
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: fontSize, DPI: 72, Hinting: font.HintingFull})
	return &typeface{face: face, font: parsed}, err
}

// has reports whether the font has a sign of its own for the rune.
func (f *typeface) has(r rune) bool {
	index, err := f.font.GlyphIndex(&sfnt.Buffer{}, r)
	return err == nil && index != 0
}

func newBrush() (*brush, error) {
	plain, err := newTypeface(gomono.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := newTypeface(gomonobold.TTF)
	return &brush{plain: plain, bold: bold, mask: image.NewAlpha(image.Rect(0, 0, 2*cellWidth, cellHeight))}, err
}

// paint paints all cells of a terminal. A sign that can be neither found in the font nor drawn by hand is an error: a
// picture with a box in its place would show something that brink did not.
func paint(screen *vt.Emulator, colours scheme) (image.Image, error) {
	b, err := newBrush()
	if err != nil {
		return nil, err
	}
	width, height := screen.Width(), screen.Height()
	picture := image.NewRGBA(image.Rect(0, 0, width*cellWidth+2*margin, height*cellHeight+2*margin))
	fill(picture, picture.Bounds(), colours.back)
	for y := range height {
		for x := range width {
			cell := screen.CellAt(x, y)
			if cell == nil || cell.Width == 0 {
				continue
			}
			at := image.Pt(margin+x*cellWidth, margin+y*cellHeight)
			err = errors.Join(err, b.cell(picture, at, cell, colours))
		}
	}
	return picture, err
}

// cell paints one cell with its upper left corner at a point.
func (b *brush) cell(picture *image.RGBA, at image.Point, cell *uv.Cell, colours scheme) error {
	fore, back := inks(cell.Style, colours)
	area := image.Rect(0, 0, cellWidth*cell.Width, cellHeight)
	fill(picture, area.Add(at), back)
	if cell.Content == "" || cell.Content == " " {
		return nil
	}
	clear(b.mask.Pix)
	for _, r := range cell.Content {
		if err := b.sign(r, cell.Style.Attrs&uv.AttrBold != 0); err != nil {
			return err
		}
	}
	for y := range area.Dy() {
		for x := range area.Dx() {
			if ink := b.mask.AlphaAt(x, y).A; ink > 0 {
				picture.SetRGBA(at.X+x, at.Y+y, mix(back, fore, rounded(ink)))
			}
		}
	}
	return nil
}

// sign puts a rune into the mask: what joins its neighbours by hand, so that it does, all else from the font.
func (b *brush) sign(r rune, bold bool) error {
	if drawn(b.mask, r) {
		return nil
	}
	face := b.plain
	if bold {
		face = b.bold
	}
	if !face.has(r) {
		return fmt.Errorf("there is no way to paint %q (%U)", r, r)
	}
	drawer := font.Drawer{Dst: b.mask, Src: image.Opaque, Face: face.face, Dot: fixed.P(0, baseline)}
	drawer.DrawString(string(r))
	return nil
}

// inks are the colours of a cell: what its style says, and what the terminal's scheme has for the rest.
func inks(style uv.Style, colours scheme) (fore, back color.RGBA) {
	fore, back = opaque(style.Fg, colours.fore), opaque(style.Bg, colours.back)
	if style.Attrs&uv.AttrReverse != 0 {
		fore, back = back, fore
	}
	if style.Attrs&uv.AttrFaint != 0 {
		const faint = 0x90
		fore = mix(back, fore, faint)
	}
	return fore, back
}

func opaque(c color.Color, otherwise color.RGBA) color.RGBA {
	if c == nil {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff}
}

// rounded brings the shades of a glyph down to eight, which keeps the palette and the file small.
func rounded(ink uint8) uint8 { return uint8((int(ink) + 18) / 36 * 255 / 7) }

// mix puts ink of a colour on a ground.
func mix(ground, ink color.RGBA, share uint8) color.RGBA {
	one := func(from, to uint8) uint8 { return uint8((int(from)*(255-int(share)) + int(to)*int(share)) / 255) }
	return color.RGBA{one(ground.R, ink.R), one(ground.G, ink.G), one(ground.B, ink.B), 0xff}
}

func fill(picture *image.RGBA, area image.Rectangle, c color.RGBA) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			picture.SetRGBA(x, y, c)
		}
	}
}

// writePNG writes a picture as small as it gets: with a palette where its colours fit into one.
func writePNG(path string, picture image.Image) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(encoder.Encode(file, palettedOr(picture)), file.Close())
}

func palettedOr(picture image.Image) image.Image {
	var palette color.Palette
	index := map[color.Color]uint8{}
	bounds := picture.Bounds()
	paletted := image.NewPaletted(bounds, nil)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := picture.At(x, y)
			at, known := index[c]
			if !known {
				if len(palette) == 256 {
					return picture
				}
				at = uint8(len(palette))
				index[c], palette = at, append(palette, c)
			}
			paletted.SetColorIndex(x, y, at)
		}
	}
	paletted.Palette = palette
	return paletted
}
