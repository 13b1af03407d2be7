package report

import "slices"

// kept is a list of the latest of something, and how many there were in all.
type kept[T any] struct {
	list  []T
	count uint64
}

// add takes the next one, and lets go of the first one when there are more than most.
func (k *kept[T]) add(value T, most int) {
	k.count++
	k.list = append(k.list, value)
	k.list = slices.Delete(k.list, 0, max(0, len(k.list)-most))
}

// last returns the latest one, nil when there is none. It is valid until the next add.
func (k *kept[T]) last() *T {
	if len(k.list) == 0 {
		return nil
	}
	return &k.list[len(k.list)-1]
}

// all returns a copy of the list, which does not change any more.
func (k *kept[T]) all() []T { return slices.Clone(k.list) }
