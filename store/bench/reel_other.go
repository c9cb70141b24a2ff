//go:build !linux && !darwin

package bench

// newReel returns memory of the heap.
func newReel(size int) ([]byte, error) { return make([]byte, size), nil }

func freeReel([]byte) error { return nil }
