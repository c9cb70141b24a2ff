package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aixin/ledger"
)

// This file is the books of paper vouchers, for when the power is cut.

func (a *app) voucherCmd() *cobra.Command {
	return a.parent("voucher", "voucher", a.voucherBook(), a.voucherVoid(), a.voucherList())
}

func (a *app) voucherBook() *cobra.Command {
	return a.writes(a.command("voucher_book", "book SHOP FIRST LAST", cobra.ExactArgs(3), func(cmd *cobra.Command, args []string) error {
		first, err := voucherNumber("FIRST", args[1])
		if err != nil {
			return err
		}
		last, err := voucherNumber("LAST", args[2])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.IssueVouchers{Shop: ledger.ShopID(args[0]), First: first, Last: last})
	}))
}

func (a *app) voucherVoid() *cobra.Command {
	var reason string
	cmd := a.writes(a.command("voucher_void", "void SHOP NUMBER --reason REASON", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		n, err := voucherNumber("NUMBER", args[1])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.VoidVoucher{Shop: ledger.ShopID(args[0]), Number: n, Reason: ledger.Reason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	return cmd
}

// voucherRow is a book of vouchers, and how many of it are left.
type voucherRow struct {
	First   int64   `json:"first"`
	Last    int64   `json:"last"`
	Left    int64   `json:"left"`
	Missing []int64 `json:"missing,omitempty"`
}

// voucherList lists the books of a shop with the numbers that lack.
func (a *app) voucherList() *cobra.Command {
	return a.reads(a.command("voucher_list", "list SHOP", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			shop, err := r.view.Shop(ledger.ShopID(args[0]))
			if err != nil {
				return result{}, err
			}
			f, err := r.view.Vouchers(shop.Shop)
			rows, t := []voucherRow{}, a.table("first", "last", "left", "missing")
			for _, k := range f.Books {
				one := ledger.Vouchers{Books: []ledger.VoucherBook{k}}
				row := voucherRow{k.First, k.Last, k.Left(), one.Missing()}
				rows = append(rows, row)
				t.add(row.First, row.Last, row.Left, numberList(row.Missing))
			}
			return result{json: rows, table: t}, err
		})
	}))
}

// voucherNumber reads the number of a voucher; people write it as it is printed, with zeros before it.
func voucherNumber(field, s string) (int64, error) {
	n, err := parseCount(ledger.MaxVoucherNumber, "voucher")(s)
	if err != nil {
		return 0, malformed(field, "voucher")
	}
	return int64(n), nil
}

func numberList(list []int64) string {
	var s []string
	for _, n := range list {
		s = append(s, strconv.FormatInt(n, 10))
	}
	return strings.Join(s, ", ")
}
