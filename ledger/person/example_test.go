package person_test

import (
	"fmt"

	"aixin/ledger/person"
)

func ExampleMaskName() {
	for _, name := range []string{"张三", "张小三", "欧阳修", "买买提·吐尔逊"} {
		fmt.Println(person.MaskName(name))
	}
	// Output:
	// 张*
	// 张*三
	// 欧阳*
	// 买**·**逊
}

func ExamplePerson_Check() {
	p := person.Person{Name: "张小三", Phone: "１３８ 5566 0001", IDNumber: "341723197001010000"}.Normalize()
	for _, fault := range p.Check() {
		fmt.Println(fault.Field, fault.Code)
	}
	// Output: id_number id_number_excel
}
