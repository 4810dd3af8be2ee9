package main

import (
	_ "embed"
	"fmt"

	"github.com/goccy/go-yaml"
)

//go:embed company.yaml
var companyText []byte

// sample is the made-up company: who works there, who calls, and what about.
type sample struct {
	Staff     []agent    `yaml:"staff"`
	Customers []customer `yaml:"customers"`
	Problems  []problem  `yaml:"problems"`
	Engineers []visitor  `yaml:"engineers"`
}

// visitor is an engineer: works remotely and at the customer's place.
type visitor struct {
	Login    string         `yaml:"login"`
	Name     string         `yaml:"name"`
	Title    string         `yaml:"title"`
	Centre   string         `yaml:"centre"`
	Products map[string]int `yaml:"products"`
}

type agent struct {
	Login  string         `yaml:"login"`
	Name   string         `yaml:"name"`
	Team   string         `yaml:"team"`
	Skills map[string]int `yaml:"skills"`
}

type customer struct {
	Name      string   `yaml:"name"`
	Region    string   `yaml:"region"`
	Agreement string   `yaml:"agreement"`
	VIP       bool     `yaml:"vip"`
	People    []person `yaml:"people"`
}

type person struct {
	Name   string `yaml:"name"`
	Number string `yaml:"number"`
}

type problem struct {
	Queue    string `yaml:"queue"`
	Subject  string `yaml:"subject"`
	Product  string `yaml:"product"`
	Category string `yaml:"category"`
	Solution string `yaml:"solution"`
	Story    string `yaml:"story"` // in the caller's words, where there is more to say
	Means    string `yaml:"means"` // what the customer is told when it cannot be solved on the phone
}

// numbers are the dialled numbers of the queues in demo.yaml.
func numbers() map[string]string {
	return map[string]string{"service": "4000000000", "printing": "4000000001"}
}

func company() (sample, error) {
	var s sample
	if err := yaml.UnmarshalWithOptions(companyText, &s, yaml.Strict()); err != nil {
		return s, fmt.Errorf("company.yaml: %w", err)
	}
	return s, nil
}
