package web

import "aixin/api/catalog"

// Described is the page about what programs may ask: a line for each operation, or one of them with its types.
type Described struct {
	One        bool
	Operations []Operation
	Types      []DescribedType
}

// Operation is one thing that may be asked.
type Operation struct {
	Method, Path, Says, For string
	Parameters              []Member
	Body                    TypeName
	Answers                 []OperationAnswer
}

// Pattern is how the list names an operation, and what asks for its page.
func (o Operation) Pattern() string { return o.Method + " " + o.Path }

// OperationAnswer is what is answered with one status.
type OperationAnswer struct {
	Status string
	Type   TypeName
}

// TypeName is what a type is called, and the type that it leads to on the page.
type TypeName struct{ Text, Link string }

// DescribedType is a type of requests or answers.
type DescribedType struct {
	Name    string
	Members []Member
}

// Member is a member of a type, or a parameter.
type Member struct {
	Name, In, Says, Grammar string
	Required                bool
	Type                    TypeName
}

func (Described) template() string                    { return "described" }
func (Described) title(say *catalog.Localizer) string { return say.T("web.described.title") }
