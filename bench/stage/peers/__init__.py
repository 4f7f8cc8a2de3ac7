"""The same stage in other libraries, each as a measured process. Only these modules import them."""
