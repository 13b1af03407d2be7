//go:build !race

package ui

// racing says that the race detector looks on. It looks at what runs beside something
// else; a picture is drawn by one goroutine.
const racing = false
