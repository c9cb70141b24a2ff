package store

// LongTurn is the length of the sequencer's turns.
const LongTurn = longTurn
