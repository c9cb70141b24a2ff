// Package person holds what the scheme has to know about people: their details, how these are brought to one form, checked
// and masked. It is pure, and no other ledger package imports it: the book itself knows opaque numbers only.
//
// Masking (rule B48, DESIGN §3) shows as much of a name as lets a neighbour recognise it and no more:
//
//   - two characters or fewer: the first, if there are two; the rest are stars;
//   - a compound surname of the table and at least one more character: the surname, the rest are stars;
//   - anything longer: the first and the last character, stars between; middle dots and spaces stay where they are.
//
// Characters are runes, so that one outside the basic plane (four bytes in GB18030) counts once. Of a phone number the last
// four digits are shown; of an ID number nothing, ever.
package person
