"""The product's own services under a clock that jumps: rehearsals of calls, for tests that supervisors write."""
