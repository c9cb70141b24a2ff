package journal_test

import (
	"testing"

	"aixin/store/journal"
	"aixin/store/journal/journaltest"
)

func TestMemoryConformance(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(*testing.T) journal.Journal { return journal.NewMemory() })
}
