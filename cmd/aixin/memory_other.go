//go:build !linux

package main

// preferHugePages does nothing where the kernel takes no such advice.
func preferHugePages(int) {}
