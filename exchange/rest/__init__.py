"""The carrier's REST API, 2010-04-01, for the resources an application of this kind uses. One file a resource."""
