package document

import "io"

// PDF typesets the work order; see Report.PDF.
func (m WorkOrder) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }

// PDF typesets the remote report; see Report.PDF.
func (m RemoteReport) PDF(w io.Writer, o Options) error { return m.Report(o).PDF(w, o) }
