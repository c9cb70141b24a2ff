package store

// FailIndex makes the next write to the index go through wrong, which is given the true write. Badger cannot be made to fail
// from outside.
func (l *Ledger) FailIndex(wrong func(write func() error) error) {
	write := l.seq.write
	l.seq.write = func(u update) (total int64, err error) {
		l.seq.write = write
		err = wrong(func() error {
			total, err = write(u)
			return err
		})
		return total, err
	}
}
