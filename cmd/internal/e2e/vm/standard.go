package vm

import (
	"context"
	"log"
)

// BootStandard boots the machine that everything of ours runs on: that of the default recipe, whose image is made when
// the cache has none. The error says what this host lacks for it, or why it did not come up.
func BootStandard(ctx context.Context, steps *log.Logger) (*Machine, error) {
	if err := CheckNeeds(); err != nil {
		return nil, err
	}
	recipe, err := DefaultRecipe()
	if err != nil {
		return nil, err
	}
	image, err := OpenImage(ctx, recipe, steps)
	if err != nil {
		return nil, err
	}
	return Boot(ctx, Options{Image: image, Log: steps})
}
