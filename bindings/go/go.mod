module libtrust.example/go

go 1.19
