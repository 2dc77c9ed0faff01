/// The objects of `tcp`, `unix`, `udp`, `http` and `telnet`, on functions of the host that know them by number.
enum NetworkPrelude {
    static let source = """
        do
          local net, setmetatable, type = host.network, setmetatable, type
          local decode = json.decode

          local function class(name, methods)
            local meta = { __name = name, __index = function(self, key)
              if key == "closed" then return net.closed(self.id) end
              return methods[key]
            end, __metatable = false }
            methods.close = methods.close or function(self) net.close(self.id) end
            meta.__close = function(self) methods.close(self) end
            return function(id, fields)
              if not id then return nil, fields end
              fields = type(fields) == "table" and fields or { peer = fields }
              fields.id = id
              return setmetatable(fields, meta)
            end
          end

          local stream = class("connection", {
            send = function(self, bytes) return net.send(self.id, bytes) end,
            receive = function(self, what, timeout) return net.receive(self.id, what, timeout) end,
          })
          tcp = { connect = function(...) return stream(net.tcp(...)) end }
          unix = { connect = function(...) return stream(net.unix(...)) end }

          local datagrams = class("socket", {
            send = function(self, bytes) return net.udp_send(self.id, bytes) end,
            receive = function(self, timeout) return net.udp_receive(self.id, timeout) end,
          })
          udp = { connect = function(...) return datagrams(net.udp(...)) end }

          local session = class("session", {
            command = function(self, text, options) return net.telnet_command(self.id, text, options) end,
          })
          telnet = { open = function(...) return session(net.telnet(...)) end }

          local response = { __name = "response", __metatable = false, __index = {
            json = function(self) return decode(self.body) end,
          } }
          local function answered(value, message)
            if not value then return nil, message end
            return setmetatable(value, response)
          end
          local request = net.http
          http = {
            get = function(url, options) return answered(request("GET", url, nil, options, "http.get")) end,
            post = function(url, body, options) return answered(request("POST", url, body, options, "http.post")) end,
            request = function(method, url, options)
              return answered(request(method, url, nil, options, "http.request"))
            end,
          }
        end

        """
}
