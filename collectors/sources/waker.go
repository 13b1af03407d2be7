package sources

// Waker asks the sampler for a reading at once. Any number of goroutines may
// wake it; wake-ups that come while one is due are one.
type Waker struct {
	due chan struct{}
}

// NewWaker returns a waker that nobody has used.
func NewWaker() *Waker { return &Waker{due: make(chan struct{}, 1)} }

// Due is the channel for [collectors.SamplerOptions].
func (w *Waker) Due() <-chan struct{} { return w.due }

// Wake asks for a reading. It never waits.
func (w *Waker) Wake() {
	select {
	case w.due <- struct{}{}:
	default:
	}
}
