package embedded

import (
	"errors"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Timers of RFC 3261 §17.1.1.1 (table 4).
const (
	t1     = 500 * time.Millisecond // estimate of a round trip
	t2     = 4 * time.Second        // longest interval between retransmissions
	t4     = 5 * time.Second        // longest life of a message in the network
	giveUp = 64 * t1                // timers B, F, H, J, L, M and, rounded up, D
)

// How a client transaction can end without an answer.
var (
	errNoAnswer = errors.New("embedded: no answer in time")
	errTxClosed = errors.New("embedded: the switch is closing")
)

// transactions are all that are under way. A closed one is forgotten by its timers.
type transactions struct {
	mu      sync.Mutex
	clients map[string]*clientTx
	servers map[string]*serverTx
	most    int // server transactions at once
	closed  bool
}

func newTransactions(most int) *transactions {
	return &transactions{clients: map[string]*clientTx{}, servers: map[string]*serverTx{}, most: most}
}

// clientKey matches an answer to our request (RFC 3261 §17.1.3); our branches are random.
func clientKey(m sip.Message) (string, bool) {
	via, cseq := m.Via(), m.CSeq()
	if via == nil || cseq == nil {
		return "", false
	}
	branch, ok := via.Params.Get("branch")
	return branch + " " + string(cseq.MethodName), ok && branch != ""
}

// serverKey matches a request to its retransmissions (RFC 3261 §17.2.3), within one source: nobody else's branch can be
// taken. Without the magic cookie (RFC 2543) everything that identifies a request counts.
func serverKey(f flow, r *sip.Request, method sip.RequestMethod) string {
	via := r.Via()
	branch, _ := via.Params.Get("branch")
	key := f.transport() + " " + f.remote().Addr().String() + " " + via.Host + " " + string(method) + " " + branch
	if len(branch) > len(sip.RFC3261BranchMagicCookie) && branch[:len(sip.RFC3261BranchMagicCookie)] == sip.RFC3261BranchMagicCookie {
		return key
	}
	fromTag, _ := r.From().Params.Get("tag")
	return key + " " + r.CallID().Value() + " " + fromTag + " " + r.Recipient.String() + " " + itoa(r.CSeq().SeqNo)
}

// server begins a transaction for a request that comes for the first time; nil when there are too many. prepare is done
// before anybody else can find it.
func (t *transactions) server(f flow, r *sip.Request, prepare ...func(*serverTx)) *serverTx {
	tx := &serverTx{
		all: t, flow: f, request: r, invite: r.Method == sip.INVITE, state: txProceeding, key: serverKey(f, r, r.Method),
	}
	for _, p := range prepare {
		p(tx)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || len(t.servers) >= t.most || t.servers[tx.key] != nil {
		return nil
	}
	t.servers[tx.key] = tx
	return tx
}

func (t *transactions) findServer(key string) *serverTx {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.servers[key]
}

func (t *transactions) findClient(key string) *clientTx {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.clients[key]
}

// flowGone ends every transaction of a closed connection: what waits for an answer learns it at once.
func (t *transactions) flowGone(f flow) {
	t.each(func(tx *clientTx) bool { return tx.flow == f }, errFlowClosed)
	t.mu.Lock()
	var servers []*serverTx
	for _, tx := range t.servers {
		if tx.flow == f {
			servers = append(servers, tx)
		}
	}
	t.mu.Unlock()
	for _, tx := range servers {
		tx.drop()
	}
}

// each fails the client transactions that fit.
func (t *transactions) each(fits func(*clientTx) bool, why error) {
	t.mu.Lock()
	var clients []*clientTx
	for _, tx := range t.clients {
		if fits(tx) {
			clients = append(clients, tx)
		}
	}
	t.mu.Unlock()
	for _, tx := range clients {
		tx.fail(why)
	}
}

// close ends all; their timers are stopped.
func (t *transactions) close() {
	t.mu.Lock()
	t.closed = true
	servers := make([]*serverTx, 0, len(t.servers))
	for _, tx := range t.servers {
		servers = append(servers, tx)
	}
	t.mu.Unlock()
	for _, tx := range servers {
		tx.drop()
	}
	t.each(func(*clientTx) bool { return true }, errTxClosed)
}

// size is how many are under way.
func (t *transactions) size() (clients, servers int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.clients), len(t.servers)
}

// txState is where a transaction stands (RFC 3261 figures 5 to 8, with RFC 6026).
type txState int

const (
	txCalling    txState = iota // client: sent, nothing came back
	txProceeding                // a provisional answer came (client) or may be sent (server)
	txAccepted                  // INVITE: a 2xx (RFC 6026 §7); its retransmissions are absorbed or repeated
	txCompleted                 // a final answer that waits for its ACK, or absorbs retransmissions
	txConfirmed                 // INVITE server: the ACK of a refusal came
	txOver
)

// alarm is one timer that can be set anew. What it runs must look at the state again: a stopped timer can still fire.
type alarm struct{ timer *time.Timer }

func (a *alarm) set(d time.Duration, f func()) {
	a.stop()
	a.timer = time.AfterFunc(d, f)
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}
