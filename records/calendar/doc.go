// Package calendar counts working time: weekday rules with several intervals a day, over them dated days off and dated working
// days (China's make-up Saturdays), in the time zone of the place that works. It knows no clock and no database.
//
// Response and follow-up times of the domain description run on such calendars. A Clock derives their deadline from
// segments that are only ever appended, so neither a pause nor a change of agreement can lose time.
package calendar
