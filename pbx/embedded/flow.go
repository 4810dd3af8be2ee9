package embedded

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
)

// flow is the one way to a peer that surely works: back where its messages come from (RFC 3581, RFC 5626 §3). Requests
// inside a dialog follow it, whatever the peer's Contact says; a browser's says "xyz.invalid".
type flow interface {
	// send hands over one whole message. It does not wait for the peer.
	send(raw []byte) error
	// transport is the protocol as Via writes it: UDP, TCP, WS, WSS.
	transport() string
	remote() netip.AddrPort
	// local is our host and port as the peer may write them.
	local() string
	// gone is closed with the connection; nil, and so never, for UDP.
	gone() <-chan struct{}
	// key tells flows apart.
	key() string
}

// errFlowClosed: the connection that everything hung on is closed.
var errFlowClosed = errors.New("embedded: connection is closed")

func reliable(f flow) bool { return f.gone() != nil }

// browser says that the flow is a websocket: its peer speaks DTLS-SRTP and ICE (RFC 8827), which no desk phone does.
func browser(f flow) bool { return f.transport() == "WS" || f.transport() == "WSS" }

// open reports whether messages can still be sent.
func open(f flow) bool {
	select {
	case <-f.gone():
		return false
	default:
		return true
	}
}

// udpFlow is one peer's address at our socket. Two of the same peer are equal.
type udpFlow struct {
	socket *udpSocket
	peer   netip.AddrPort
}

type udpSocket struct {
	conn  *net.UDPConn
	names *names
}

func (f udpFlow) send(raw []byte) error {
	_, err := f.socket.conn.WriteToUDPAddrPort(raw, f.peer)
	return err
}

func (f udpFlow) transport() string      { return "UDP" }
func (f udpFlow) remote() netip.AddrPort { return f.peer }
func (f udpFlow) local() string          { return f.socket.names.toward(f.peer.Addr()) }
func (f udpFlow) gone() <-chan struct{}  { return nil }
func (f udpFlow) key() string            { return "udp " + f.peer.String() }

// names are what our side is called: the address that was bound, or, bound to all, the one that faces the peer.
type names struct {
	bound     netip.AddrPort
	advertise string
}

func (n *names) toward(peer netip.Addr) string {
	host := n.advertise
	if host == "" && n.bound.Addr().IsUnspecified() {
		host = facing(peer)
	}
	if host == "" {
		host = n.bound.Addr().String()
	}
	return net.JoinHostPort(host, strconv.Itoa(int(n.bound.Port())))
}

// facing asks the kernel's routes which of our addresses a peer sees. No packet is sent.
func facing(peer netip.Addr) string {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(peer, 9)))
	if err != nil {
		return ""
	}
	defer conn.Close()
	if at, ok := conn.LocalAddr().(*net.UDPAddr); ok {
		return at.IP.String()
	}
	return ""
}
