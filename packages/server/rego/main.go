// Evaluates Rego policies with OPA, for a host that has this module in its memory: allocate, write the request there,
// evaluate, read the reply. Both are JSON. One request an instance.
package main

import (
	"context"
	"encoding/json"
	"strings"
	"unsafe"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/version"
)

type request struct {
	Input any   `json:"input"`
	Sets  []set `json:"sets"`
}

// One policy set: modules and data see each other, and nothing of another set.
type set struct {
	Modules map[string]string `json:"modules"`
	Data    map[string]any    `json:"data"`
	// "0", "1", or "" for whichever the modules are written in.
	RegoVersion string   `json:"rego_version"`
	Queries     []string `json:"queries"`
}

type reply struct {
	Version string     `json:"version"`
	Sets    []setReply `json:"sets"`
}

type setReply struct {
	// Of the set as a whole: it does not compile.
	Error   string       `json:"error,omitempty"`
	Queries []queryReply `json:"queries"`
}

type queryReply struct {
	// Absent when the query is undefined.
	Value   any    `json:"value,omitempty"`
	Defined bool   `json:"defined"`
	Error   string `json:"error,omitempty"`
}

// Both stay where they are while the host reads and writes them.
var received, answered []byte

func main() {}

//go:wasmexport allocate
func allocate(bytes int32) unsafe.Pointer {
	received = make([]byte, bytes)
	return unsafe.Pointer(unsafe.SliceData(received))
}

// The number of bytes of the reply; -1 when the request is not one.
//
//go:wasmexport evaluate
func evaluateReceived() int32 {
	var asked request
	decoder := json.NewDecoder(strings.NewReader(string(received)))
	decoder.UseNumber()
	if err := decoder.Decode(&asked); err != nil {
		return -1
	}
	input, err := ast.InterfaceToValue(asked.Input)
	if err != nil {
		return -1
	}
	answer := reply{Version: version.Version, Sets: make([]setReply, 0, len(asked.Sets))}
	for _, one := range asked.Sets {
		answer.Sets = append(answer.Sets, evaluate(one, input))
	}
	if answered, err = json.Marshal(answer); err != nil {
		return -1
	}
	return int32(len(answered))
}

//go:wasmexport reply
func replyAt() unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(answered))
}

func evaluate(asked set, input ast.Value) setReply {
	compiler, version, err := compile(asked)
	if err != nil {
		return setReply{Error: err.Error(), Queries: []queryReply{}}
	}
	data := asked.Data
	if data == nil {
		data = map[string]any{}
	}
	store := inmem.NewFromObject(data)
	answers := make([]queryReply, 0, len(asked.Queries))
	for _, query := range asked.Queries {
		results, err := rego.New(
			rego.Query(query),
			rego.Compiler(compiler),
			rego.Store(store),
			rego.ParsedInput(input),
			rego.SetRegoVersion(version),
			rego.Capabilities(capabilities()),
		).Eval(context.Background())
		switch {
		case err != nil:
			answers = append(answers, queryReply{Error: err.Error()})
		case len(results) == 0 || len(results[0].Expressions) == 0:
			answers = append(answers, queryReply{})
		default:
			answers = append(answers, queryReply{Defined: true, Value: results[0].Expressions[0].Value})
		}
	}
	return setReply{Queries: answers}
}

// Modules of the two versions of the language can stand side by side in one set.
func compile(asked set) (*ast.Compiler, ast.RegoVersion, error) {
	chosen := ast.RegoV1
	if asked.RegoVersion == "0" {
		chosen = ast.RegoV0
	}
	modules := make(map[string]*ast.Module, len(asked.Modules))
	for name, text := range asked.Modules {
		module, err := ast.ParseModuleWithOpts(name, text, options(chosen))
		if err != nil && asked.RegoVersion == "" {
			older, errOlder := ast.ParseModuleWithOpts(name, text, options(ast.RegoV0))
			if errOlder == nil {
				module, err = older, nil
			}
		}
		if err != nil {
			return nil, chosen, err
		}
		modules[name] = module
	}
	compiler := ast.NewCompiler().WithCapabilities(capabilities()).WithDefaultRegoVersion(chosen)
	if compiler.Compile(modules); compiler.Failed() {
		return nil, chosen, compiler.Errors
	}
	return compiler, chosen, nil
}

func options(version ast.RegoVersion) ast.ParserOptions {
	return ast.ParserOptions{RegoVersion: version, Capabilities: capabilities()}
}

// What reaches out of the evaluation, or tells of the machine, is unknown to a policy.
var withheld = map[string]bool{"http.send": true, "net.lookup_ip_addr": true, "opa.runtime": true}

var allowed *ast.Capabilities

func capabilities() *ast.Capabilities {
	if allowed == nil {
		allowed = ast.CapabilitiesForThisVersion()
		kept := allowed.Builtins[:0:0]
		for _, builtin := range allowed.Builtins {
			if !withheld[builtin.Name] {
				kept = append(kept, builtin)
			}
		}
		allowed.Builtins = kept
	}
	return allowed
}
