package document

import "io"

// Model is a document of a service: it knows its own layout.
type Model interface {
	Report(o Options) Report
	PDF(w io.Writer, o Options) error
}

// PDF typesets the work order; see Report.PDF.
func (m WorkOrder) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }

// PDF typesets the remote report; see Report.PDF.
func (m RemoteReport) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }

// PDF typesets the survey sheet; see Report.PDF.
func (m SurveySheet) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }

// PDF typesets the training summary; see Report.PDF.
func (m TrainingReport) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }

// PDF typesets the minutes; see Report.PDF.
func (m Minutes) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }

// PDF typesets the day sheet; see Report.PDF.
func (m DaySheet) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }

// PDF typesets the digest; see Report.PDF.
func (m Digest) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }

// PDF typesets the case file; see Report.PDF.
func (m CaseFile) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }
