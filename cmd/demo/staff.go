package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
)

// member is somebody with a login.
type member struct {
	agent
	login, password, what string
	roles                 []string
	browser               bool
	token                 string // of the API
	secret                string // of the SIP phone
}

// staff is everybody who works in the demo.
type staff struct {
	administrator *member
	simulated     []*member
	forYou        []*member
}

// hire makes the administrator while the server does not run yet, with a generated password, as for everybody.
func (s *server) hire(ctx context.Context, n int) (staff, error) {
	firm, err := company()
	if err != nil {
		return staff{}, err
	}
	people := everybody(firm, n)
	add := s.command(ctx, "user", "add", "admin", "--role", "administrator,supervisor", "--no-phone", "--ask")
	add.Stdin = strings.NewReader(people.administrator.password + "\n")
	if out, err := add.Output(); err != nil {
		return staff{}, fmt.Errorf("the first administrator: %w %s (with a directory of an earlier demo, remove it or name another)", err, out)
	}
	return people, nil
}

// everybody is who works there: n simulated agents, and those that you can be.
func everybody(firm sample, n int) staff {
	people := staff{administrator: newMember("admin", "administers", "administrator")}
	you := newMember("you", "takes calls, in the browser", "agent")
	you.Name, you.browser, you.Skills = "您 (you)", true, map[string]int{"erp": 1, "printing": 1}
	boss := newMember("boss", "supervises: wallboard, calls", "supervisor", "agent")
	boss.Name, boss.browser, boss.Skills = "刘经理", true, map[string]int{}
	dispatch := newMember("dispatch", "accepts escalations", "dispatcher")
	dispatch.Name = "调度 (dispatch)"
	engineer := newMember("engineer", "works on orders and visits, best on a phone: /visit", "engineer")
	engineer.Name = firm.Engineers[0].Name
	people.forYou = []*member{you, boss, dispatch, engineer, people.administrator}
	for i := range n {
		like := firm.Staff[i%len(firm.Staff)]
		if i >= len(firm.Staff) {
			like.Login, like.Name = fmt.Sprintf("%s%d", like.Login, i/len(firm.Staff)+1), fmt.Sprintf("%s %d", like.Name, i/len(firm.Staff)+1)
		}
		m := newMember(like.Login, "", "agent")
		m.agent = like
		people.simulated = append(people.simulated, m)
	}
	return people
}

func newMember(login, what string, roles ...string) *member {
	return &member{agent: agent{Name: login}, login: login, password: strings.ToLower(rand.Text()[:16]), what: what, roles: roles}
}

// engage signs the simulated in at the running server and gives them their phones' secrets.
func (s *server) engage(ctx context.Context, people staff) (err error) {
	admin := people.administrator
	if admin.token, err = s.signIn(ctx, admin.login, admin.password); err != nil {
		return err
	}
	for _, m := range people.simulated { // the phones of the others are made when their browsers ask for them
		var told struct{ Secret string }
		if _, err := s.ask(ctx, admin.token, "POST", "/api/v1/users/"+m.login+"/phone-secret", nil, &told); err != nil {
			return err
		}
		m.secret = told.Secret
		if m.token, err = s.signIn(ctx, m.login, m.password); err != nil {
			return err
		}
	}
	return nil
}
