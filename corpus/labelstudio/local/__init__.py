"""A Label Studio on this machine: installed once, started on the loopback interface, ended by its id."""
