// Package browser holds the pages to what people need of them, in a real browser against a real server.
//
// It knows the program only from outside: it builds aixin, makes a demo book, serves it on loopback and looks at every page of one
// table (pages) in both languages and both sizes. Whoever builds a page adds its row; axe, the widths and the pictures follow.
package browser
