// Package document typesets the papers of the service: a maintenance work order, a report of a remote session, a survey sheet, a training
// summary, minutes, a day sheet, a digest, a case file. Pure: a plain struct goes in, the bytes of a PDF come out; no clock, no
// database, no network.
//
// Promises, each with a test:
//   - The text that a reader extracts from the PDF is the text that went in, whole, in the form that Plain gives it. A character that the
//     fonts lack is printed as its code point, such as [U+0645], and reported; nothing is dropped.
//   - No line starts with a closing mark or ends with an opening one; a number or a Latin word stays on one line unless it is longer than
//     the line (Unicode Standard Annex 14).
//   - The same data give the same bytes, so that a hash can be signed.
//
// Every document is a Report: a title, facts, and blocks. The models of the services (WorkOrder, RemoteReport, …) say which facts and which
// blocks, in Simplified Chinese or in English.
package document
