"""Training of the embedded models: needs the data folder and the packages of the `train` extra, never at run time."""
