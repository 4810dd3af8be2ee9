package embedded

import (
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// serverTx is one request of a peer until it is settled. Beyond RFC 3261 it repeats a 2xx to an INVITE until its ACK has
// come (§13.3.1.4 leaves that to the user), so that its user need not keep timers.
type serverTx struct {
	all     *transactions
	key     string
	flow    flow
	request *sip.Request
	invite  bool

	cancelled func(cancel *sip.Request) // CANCEL came; set before anybody else knows the transaction
	unheard   func()                    // a 2xx was never acknowledged

	mu     sync.Mutex
	state  txState
	last   []byte // answer to retransmissions
	repeat alarm  // timer G, and the same for 2xx
	expiry alarm  // timers H, I, J, L
	wait   time.Duration
}

// respond sends an answer. After a final one, others are dropped.
func (tx *serverTx) respond(r *sip.Response) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state != txProceeding {
		return
	}
	tx.last = []byte(r.String())
	_ = tx.flow.send(tx.last)
	if r.StatusCode < 200 {
		return
	}
	tx.state = txCompleted
	if !tx.invite {
		if reliable(tx.flow) {
			tx.dropLocked()
			return
		}
		tx.expiry.set(giveUp, tx.expired)
		return
	}
	success := r.StatusCode < 300
	if success {
		tx.state = txAccepted
	}
	tx.expiry.set(giveUp, tx.expired)
	if success || !reliable(tx.flow) {
		tx.wait = t1
		tx.repeat.set(tx.wait, tx.again)
	}
}

// again repeats a final answer that is not acknowledged.
func (tx *serverTx) again() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state != txCompleted && tx.state != txAccepted {
		return
	}
	_ = tx.flow.send(tx.last)
	tx.wait = min(2*tx.wait, t2)
	tx.repeat.set(tx.wait, tx.again)
}

// retransmitted answers a request that came again with what was said last. An accepted INVITE is silent: its 2xx is
// repeated anyhow (RFC 6026 §7.1).
func (tx *serverTx) retransmitted() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.last != nil && (tx.state == txProceeding || tx.state == txCompleted) {
		_ = tx.flow.send(tx.last)
	}
}

// refusalAcked takes an ACK with the INVITE's own branch, and reports whether it was for a refusal.
func (tx *serverTx) refusalAcked() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	switch tx.state {
	case txCompleted:
		tx.state = txConfirmed
		tx.repeat.stop()
		if reliable(tx.flow) {
			tx.dropLocked()
		} else {
			tx.expiry.set(t4, tx.expired)
		}
		return true
	case txConfirmed:
		return true
	}
	return false
}

// acked: the ACK of the 2xx has come. The transaction goes on absorbing retransmissions of the INVITE.
func (tx *serverTx) acked() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txAccepted {
		tx.state = txConfirmed
		tx.repeat.stop()
	}
}

// pending reports whether the request still waits for its final answer.
func (tx *serverTx) pending() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.state == txProceeding
}

func (tx *serverTx) expired() {
	tx.mu.Lock()
	unheard := tx.unheard
	if tx.state != txAccepted {
		unheard = nil
	}
	tx.dropLocked()
	tx.mu.Unlock()
	if unheard != nil {
		unheard()
	}
}

func (tx *serverTx) drop() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.dropLocked()
}

func (tx *serverTx) dropLocked() {
	if tx.state == txOver {
		return
	}
	tx.state = txOver
	tx.repeat.stop()
	tx.expiry.stop()
	tx.all.mu.Lock()
	if tx.all.servers[tx.key] == tx {
		delete(tx.all.servers, tx.key)
	}
	tx.all.mu.Unlock()
}
