module libtrust.example/bench

go 1.19

require libtrust.example/go v0.0.0

replace libtrust.example/go => ../../../../bindings/go
