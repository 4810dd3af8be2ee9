// Package floor is what supervisors see.
package floor
