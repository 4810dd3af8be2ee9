package embedded

import (
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// clientTx is one request of ours until it is answered for good. up is told of every answer, in order, and of the end
// without one; it is called with the transaction locked and must only pass it on.
type clientTx struct {
	all     *transactions
	key     string
	flow    flow
	request *sip.Request
	raw     []byte
	invite  bool
	up      func(*sip.Response, error)

	mu      sync.Mutex
	state   txState
	repeat  alarm // timers A and E
	expiry  alarm // timers B, F, then D, K or M
	wait    time.Duration
	acks    map[string][]byte // of 2xx, by To tag: sent again when the 2xx comes again
	cancels *sip.Request      // CANCEL that waits for a provisional answer (RFC 3261 §9.1)
}

// send begins a transaction. The request must have its Via with a branch of its own. A request that cannot be written is
// told by up as well, so that there is one way for everything to fail.
func (t *transactions) send(f flow, r *sip.Request, up func(*sip.Response, error)) *clientTx {
	key, _ := clientKey(r)
	tx := &clientTx{
		all: t, key: key, flow: f, request: r, raw: []byte(r.String()), invite: r.Method == sip.INVITE, up: up, wait: t1,
	}
	t.mu.Lock()
	closed := t.closed
	if !closed {
		t.clients[key] = tx
	}
	t.mu.Unlock()
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if closed {
		tx.endLocked(errTxClosed)
		return tx
	}
	if err := f.send(tx.raw); err != nil {
		tx.endLocked(err)
		return tx
	}
	if !reliable(f) {
		tx.repeat.set(tx.wait, tx.again)
	}
	tx.expiry.set(giveUp, tx.expired)
	return tx
}

// again is timer A or E.
func (tx *clientTx) again() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state != txCalling && (tx.invite || tx.state != txProceeding) {
		return
	}
	tx.wait *= 2
	if !tx.invite && (tx.wait > t2 || tx.state == txProceeding) {
		tx.wait = t2
	}
	if err := tx.flow.send(tx.raw); err != nil {
		tx.endLocked(err)
		return
	}
	tx.repeat.set(tx.wait, tx.again)
}

// expired is timer B or F, and later D, K or M.
func (tx *clientTx) expired() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	switch tx.state {
	case txCalling, txProceeding:
		if tx.invite && tx.state == txProceeding && tx.cancels == nil {
			return // it fired while the first provisional answer came in
		}
		tx.endLocked(errNoAnswer)
	case txOver:
	default:
		tx.endLocked(nil)
	}
}

func (tx *clientTx) fail(why error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txAccepted || tx.state == txCompleted {
		why = nil // answered already: nobody waits
	}
	tx.endLocked(why)
}

// endLocked forgets the transaction; why is told unless it was answered.
func (tx *clientTx) endLocked(why error) {
	if tx.state == txOver {
		return
	}
	tx.state = txOver
	tx.repeat.stop()
	tx.expiry.stop()
	tx.all.mu.Lock()
	if tx.all.clients[tx.key] == tx {
		delete(tx.all.clients, tx.key)
	}
	tx.all.mu.Unlock()
	if why != nil {
		tx.up(nil, why)
	}
}

// receive takes one answer.
func (tx *clientTx) receive(r *sip.Response) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	waiting := tx.state == txCalling || tx.state == txProceeding
	switch {
	case r.StatusCode < 200:
		if waiting {
			tx.provisional(r)
		}
	case !tx.invite:
		if waiting {
			tx.settle(txCompleted, t4)
			tx.up(r, nil)
		}
	case r.StatusCode < 300:
		tx.accepted(r, waiting)
	case waiting:
		tx.acknowledge(r)
		tx.settle(txCompleted, giveUp)
		tx.up(r, nil)
	case tx.state == txCompleted:
		tx.acknowledge(r)
	}
}

func (tx *clientTx) provisional(r *sip.Response) {
	if tx.invite {
		tx.repeat.stop()
		if tx.state == txCalling {
			tx.expiry.stop() // how long a phone may ring is its caller's business
		}
	}
	tx.state = txProceeding
	if tx.cancels != nil {
		tx.sendCancel()
	}
	tx.up(r, nil)
}

// accepted takes a 2xx to an INVITE: each new one is told, each repeated one is acknowledged again.
func (tx *clientTx) accepted(r *sip.Response, waiting bool) {
	tag := toTag(r)
	ack, again := tx.acks[tag]
	switch {
	case again:
		if ack != nil {
			_ = tx.flow.send(ack)
		}
		return
	case tx.state == txCompleted || tx.state == txOver:
		return
	case waiting:
		tx.settle(txAccepted, giveUp)
		tx.acks = map[string][]byte{}
	}
	tx.acks[tag] = nil
	tx.up(r, nil)
}

// settle ends the waiting. What comes again is absorbed for that long, on a connection not at all, but for 2xx, which a
// proxy behind it may repeat.
func (tx *clientTx) settle(state txState, linger time.Duration) {
	tx.state = state
	tx.repeat.stop()
	if reliable(tx.flow) && state != txAccepted {
		linger = 0
	}
	tx.expiry.set(linger, tx.expired)
}

// acknowledge answers a refusal (RFC 3261 §17.1.1.3).
func (tx *clientTx) acknowledge(r *sip.Response) {
	ack := follow(tx.request, sip.ACK)
	if to := r.To(); to != nil {
		ack.RemoveHeader("To")
		ack.AppendHeader(sip.HeaderClone(to))
	}
	_ = tx.flow.send([]byte(ack.String()))
}

// ack sends the ACK of a 2xx, and again whenever that 2xx comes again.
func (tx *clientTx) ack(tag string, raw []byte) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.acks != nil {
		tx.acks[tag] = raw
	}
	_ = tx.flow.send(raw)
}

// cancel gives an INVITE up. Before anything came back it waits; what comes at last, a 487 or a late 2xx, is told by up.
func (tx *clientTx) cancel(reason string) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if !tx.invite || tx.cancels != nil || (tx.state != txCalling && tx.state != txProceeding) {
		return
	}
	tx.cancels = follow(tx.request, sip.CANCEL)
	if reason != "" {
		tx.cancels.AppendHeader(sip.NewHeader("Reason", reason))
	}
	if tx.state == txProceeding {
		tx.sendCancel()
	}
}

func (tx *clientTx) sendCancel() {
	cancel := tx.cancels
	tx.expiry.set(giveUp, tx.expired) // RFC 3261 §9.1: no answer to the INVITE within that, and it is over
	tx.all.send(tx.flow, cancel, func(*sip.Response, error) {})
}

// follow makes the ACK of a refusal or the CANCEL of an INVITE: same branch, same route, same number.
func follow(invite *sip.Request, method sip.RequestMethod) *sip.Request {
	r := sip.NewRequest(method, *invite.Recipient.Clone())
	r.AppendHeader(invite.Via().Clone())
	for _, name := range []string{"Route", "From", "To", "Call-ID"} {
		for _, h := range invite.GetHeaders(name) {
			r.AppendHeader(sip.HeaderClone(h))
		}
	}
	r.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: method})
	maxForwards := sip.MaxForwardsHeader(70)
	r.AppendHeader(&maxForwards)
	r.SetBody(nil)
	return r
}
