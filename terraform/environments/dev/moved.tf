# What was made before there was a platform stays as it is. A block may go once every state has been applied with it.
moved {
  from = module.lake
  to   = module.platform.module.lake
}

moved {
  from = module.collecting
  to   = module.platform.module.collecting
}
