package store

import (
	"iter"
	"strings"
	"sync"

	"aixin/ledger"
)

// warm keeps facts that views read, since most pages read the same few hundred again and again: each costs Badger a search through its tables.
// It is in memory only.
//
// What holds at every moment: what is kept is what every version has from since up to noted. An update takes out what it changes before
// anybody can see it, and only a snapshot of the newest version puts anything in.
type warm struct {
	most int // bytes of a generation

	// mu guards what follows.
	mu    sync.Mutex
	noted ledger.Index // the version up to which updates were noted
	young heat         // what was read lately
	old   heat         // what was read before, and is dropped the next time that young is full
}

// heat is a generation of what is kept.
type heat struct {
	facts map[ledger.FactID]warmFact
	lists map[ledger.FactID]warmList // of all facts of a family, by what their ids begin with
	bytes int
}

// warmFact is a fact, with a nil value where there is none, and the version in which it was read.
type warmFact struct {
	value []byte
	since ledger.Index
}

type warmList struct {
	facts []ledger.Fact
	since ledger.Index
}

func newWarm(version ledger.Index) *warm {
	return &warm{most: warmBytes, noted: version, young: newHeat(), old: newHeat()}
}

func newHeat() heat {
	return heat{facts: map[ledger.FactID]warmFact{}, lists: map[ledger.FactID]warmList{}}
}

// note takes out what an update changes, which brings the index to a version.
func (w *warm) note(facts []ledger.Fact, version ledger.Index) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.noted = version
	for _, f := range facts {
		for _, h := range []*heat{&w.young, &w.old} {
			delete(h.facts, f.ID)
			if len(h.lists) > 0 {
				delete(h.lists, familyOf(f.ID))
			}
		}
	}
}

// familyOf returns what the ids of all facts of a fact's family begin with.
func familyOf(id ledger.FactID) ledger.FactID {
	return id[:strings.IndexByte(string(id), '/')+1]
}

// fact returns a fact as a version has it; ok is false where that is not known.
func (w *warm) fact(id ledger.FactID, version ledger.Index) (value []byte, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()

	f, ok := w.young.facts[id]
	if !ok {
		if f, ok = w.old.facts[id]; ok {
			w.add(id, f)
		}
	}
	return f.value, ok && f.since <= version
}

// keep keeps a fact that a snapshot read.
func (w *warm) keep(id ledger.FactID, value []byte, version ledger.Index) {
	w.mu.Lock()
	defer w.mu.Unlock()

	if version == w.noted {
		w.add(id, warmFact{value, version})
	}
}

// list returns all facts of a family as a version has them; ok is false where they are not known.
func (w *warm) list(family ledger.FactID, version ledger.Index) (facts []ledger.Fact, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()

	l, ok := w.young.lists[family]
	if !ok {
		if l, ok = w.old.lists[family]; ok {
			w.addList(family, l)
		}
	}
	if !ok || l.since > version {
		return nil, false
	}
	return l.facts, true
}

// keepList keeps all facts of a family that a snapshot read.
func (w *warm) keepList(family ledger.FactID, facts []ledger.Fact, version ledger.Index) {
	w.mu.Lock()
	defer w.mu.Unlock()

	if version == w.noted {
		w.addList(family, warmList{facts, version})
	}
}

// add puts a fact among those that were read lately. The caller holds mu.
func (w *warm) add(id ledger.FactID, f warmFact) {
	w.young.facts[id] = f
	w.grow(warmOverhead + len(id) + len(f.value))
}

// addList is add of a family. The caller holds mu.
func (w *warm) addList(family ledger.FactID, l warmList) {
	w.young.lists[family] = l
	n := 0
	for _, f := range l.facts {
		n += warmOverhead + len(f.ID) + len(f.Value)
	}
	w.grow(n)
}

// grow counts what was added, and drops what nobody read for long once it is too much. What was taken out is counted too: it goes sooner then.
// The caller holds mu.
func (w *warm) grow(n int) {
	if w.young.bytes += n; w.young.bytes > w.most {
		w.old, w.young = w.young, newHeat()
	}
}

// fact returns a fact, nil where it does not exist: as it is kept, or read and kept.
func (s source) fact(id ledger.FactID) ([]byte, error) {
	version := s.facts.snapshot.size
	if s.warm == nil {
		return s.facts.fact(id)
	}
	if value, ok := s.warm.fact(id, version); ok {
		return value, nil
	}
	value, err := s.facts.fact(id)
	if err == nil {
		s.warm.keep(id, value, version)
	}
	return value, err
}

// list yields the facts whose ids begin with prefix, in order of id: as they are kept or, where they are all of a small family, read and kept.
func (s source) list(prefix ledger.FactID) iter.Seq2[ledger.Fact, error] {
	if s.warm == nil || prefix == "" || familyOf(prefix) != prefix {
		return s.facts.snapshot.facts(prefix)
	}
	return func(yield func(ledger.Fact, error) bool) {
		version := s.facts.snapshot.size
		kept, ok := s.warm.list(prefix, version)
		for _, f := range kept {
			if !yield(f, nil) {
				return
			}
		}
		if ok {
			return
		}
		n := 0
		for f, err := range s.facts.snapshot.facts(prefix) {
			if n++; n <= warmFamily {
				kept = append(kept, f)
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
		if n <= warmFamily {
			s.warm.keepList(prefix, kept, version)
		}
	}
}
